/* Keeps what is written while it is written: on this device at once, on the server a moment later, each window under a
   name of its own. Offers it when somebody comes back. Loaded only where there is such a form; see data-kb-keep. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };
  const filled = (words, values) => words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const bytes = (text) => new TextEncoder().encode(text).length;

  const device = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* forbidden: nothing was kept either */ } },
    keys() { try { return Object.keys(localStorage); } catch { return []; } },
  };

  class Keeping {
    constructor(form) {
      this.form = form;
      this.words = form.dataset;
      this.line = one("[data-kb-keeping]", form);
      this.place = `kb-text:${form.dataset.kbKeep}#`;
      this.sending = false;
      this.sent = null;          // what the server has by now
      this.onDevice = true;
      this.timers = {};
      this.since = {};
      this.merge = form.matches("[data-kb-merge]") ? new Choosing(form, () => this.changed()) : null;
      form.addEventListener("input", () => this.changed());
      form.addEventListener("change", () => this.changed());
      form.addEventListener("submit", (event) => this.leave(event));
      form.addEventListener("click", (event) => { if (event.target.closest("[data-kb-cancel]")) this.cancel(event.target.closest("a")); });
      form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(one("[value=save], [value=merge]", form)); }
      });
      addEventListener("pagehide", () => this.last());
      document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.last(); });
      addEventListener("pageshow", () => { this.sending = false; });
      addEventListener("online", () => this.toServer());
      addEventListener("beforeunload", (event) => { if (!this.sending && this.isDirty() && !this.onDevice && this.sent === null) event.preventDefault(); });
      if (!this.merge) this.offers();
      if (this.isDirty()) this.changed();
    }

    get key() { return this.place + this.form.elements.draft.value; }
    fields() { return all("input[type=text], input[type=date], select, textarea", this.form).filter((field) => field.name && !field.readOnly); }
    values() {
      if (this.merge) return { ...Object.fromEntries(this.fields().filter((field) => !/^(choice|hand)-/.test(field.name)).map((field) => [field.name, field.value])), ...this.merge.written() };
      return Object.fromEntries(this.fields().map((field) => [field.name, field.value]));
    }
    base() { return this.merge ? this.merge.base() : this.form.elements.base.value; }
    /* Against what the server wrote into the form: a browser may have put back what was typed before we look. */
    isDirty() {
      const differs = (field) => field.options ? [...field.options].some((option) => option.selected !== option.defaultSelected && (option.selected || field.selectedIndex < 0)) : field.value !== field.defaultValue;
      return this.form.dataset.kbDirty !== undefined || this.fields().some(differs);
    }

    changed() {
      if (this.sending) return;
      this.later("device", 250, () => this.toDevice());
      this.later("server", 1500, () => this.toServer());
    }
    /* After a pause; whoever writes without one is kept all the same, after eight times as long. */
    later(name, wait, then) {
      clearTimeout(this.timers[name]);
      this.since[name] ??= Date.now();
      const most = this.since[name] + wait * 8 - Date.now();
      this.timers[name] = setTimeout(() => { delete this.since[name]; then(); }, Math.max(0, Math.min(wait, most)));
    }

    /* Under the next number: whoever has the larger one has the newer text. */
    toDevice() {
      clearTimeout(this.timers.device);
      if (!this.isDirty()) return false;
      const values = this.values();
      const written = JSON.stringify([values, this.base()]);
      if (written !== this.written) {
        this.written = written;
        this.form.elements.kept.value = Number(this.form.elements.kept.value) + 1;
        this.onDevice = device.set(this.key, { at: Date.now(), n: Number(this.form.elements.kept.value), base: this.base(), values });
      }
      return true;
    }
    async toServer() {
      clearTimeout(this.timers.server);
      if (!this.toDevice() || this.sending) return;
      const at = new Date().toLocaleTimeString(document.documentElement.lang || undefined, { timeStyle: "short" });
      if (this.isTooLong()) return;
      if (!this.words.kbKeepAt) { this.say(this.onDevice ? "kbDevice" : "kbNowhere", { time: at, why: this.words.kbNoRoom }); return; }
      if (this.written === this.sent) return;
      if (this.way) { this.again = true; return; }
      const written = this.written;
      const answer = await this.post(this.words.kbKeepAt);
      if (answer.draft) {
        this.sent = written;
        this.named(answer);
        this.say(this.onDevice ? "kbBoth" : "kbServer", { time: at });
        this.suggest(answer.comments || []);
      } else if (answer.why !== "left") {
        const why = answer.why || this.words.kbOffline;
        if (!this.onDevice) this.say("kbNowhere", { why });
        else this.say(answer.why ? "kbNotServer" : "kbNoServer", { time: at, why });
        this.later("server", 10000, () => this.toServer());
      }
      if (this.again) { this.again = false; this.toServer(); }
    }
    body() {
      const body = new URLSearchParams(new FormData(this.form));
      body.delete("action");
      if (this.merge) { for (const [name, value] of Object.entries({ ...this.values(), base: this.base() })) body.set(name, value); }
      return body;
    }
    async post(address) {
      this.way = new AbortController();
      const stop = setTimeout(() => this.way.abort(), 20000);
      try {
        const answer = await fetch(address, { method: "POST", body: this.body(), signal: this.way.signal });
        if (!(answer.headers.get("Content-Type") || "").includes("json")) return { why: answer.status < 500 ? this.words.kbSigned : "" };
        const said = await answer.json();
        return answer.ok ? said : { why: said.problem };
      } catch { return { why: this.sending ? "left" : "" }; } finally { clearTimeout(stop); this.way = null; }
    }
    /* Another window had this one's name, so that its text stands beside ours: from now on we have a name of our own. */
    named(answer) {
      const elements = this.form.elements;
      if (answer.draft === elements.draft.value) return;
      const kept = device.get(this.key);
      elements.draft.value = answer.draft;
      elements.kept.value = Math.max(Number(elements.kept.value), answer.kept);
      if (kept) device.set(this.key, { ...kept, n: Number(elements.kept.value) });
    }
    isTooLong() {
      const text = this.values().text ?? "";
      const count = text.length * 3 > Number(this.words.kbMost) ? bytes(text) : 0;
      if (count <= Number(this.words.kbMost)) return false;
      const number = (value) => Number(value).toLocaleString(document.documentElement.lang || undefined);
      this.say("kbLong", { count: number(count), most: number(this.words.kbMost) });
      return true;
    }
    say(name, values) {
      if (!this.line) return;
      this.line.textContent = filled(this.words[name], values);
      this.line.classList.toggle("kb-keeping-bad", ["kbNowhere", "kbLong"].includes(name));
      this.line.dataset.kbSaid = name;
    }
    suggest(comments) {
      const line = one("[data-kb-comments]", this.form);
      if (!line) return;
      const field = document.getElementById(line.dataset.kbComments);
      field.list?.replaceChildren(...comments.map((text) => make("option", { value: text })));
      for (const chip of all("button", line)) chip.remove();
      for (const text of comments) {
        const chip = make("button", { type: "button", class: "kb-chip" }, text);
        chip.addEventListener("click", () => { field.value = text; field.focus(); this.changed(); });
        line.append(chip);
      }
      line.hidden = !comments.length;
    }

    leave(event) {
      if (event.defaultPrevented) return;
      if (this.isTooLong()) { event.preventDefault(); this.line?.scrollIntoView({ block: "nearest" }); this.toDevice(); return; }
      this.toDevice();
      this.stop();
    }
    stop() {
      this.sending = true;
      for (const timer of Object.values(this.timers)) clearTimeout(timer);
      this.way?.abort();
    }
    /* Left without saving: nothing is thrown away, and the next page says so. */
    cancel(link) {
      if (!this.isDirty()) { this.stop(); return; }
      this.last();
      this.stop();
      const address = new URL(link.href);
      address.searchParams.set("done", "left");
      link.href = address.href;
    }
    /* The window may go away: what the server has not got yet is sent after it, as far as a browser does that. */
    last() {
      if (this.sending || !this.toDevice() || !this.words.kbKeepAt || this.written === this.sent) return;
      const body = this.body();
      if (body.toString().length < 60000) fetch(this.words.kbKeepAt, { method: "POST", body, keepalive: true }).catch(() => {});
    }

    /* What this device has of earlier windows, unless the server has it as well, or it stands in the form. */
    offers() {
      const own = this.key;
      const found = device.keys().filter((key) => key.startsWith(this.place)).map((key) => [key, device.get(key)]);
      for (const [key, kept] of found.sort(([, a], [, b]) => (a?.at || 0) - (b?.at || 0))) {
        if (!kept?.values) { device.drop(key); continue; }
        const tab = key.slice(this.place.length);
        const server = all(".kb-kept[data-kb-window]").find((box) => box.dataset.kbWindow === tab);
        const isHere = this.fields().every((field) => !(field.name in kept.values) || kept.values[field.name] === field.value);
        if (isHere) this.take(key, kept);
        else if (key === own && kept.n <= Number(this.form.elements.kept.value)) device.drop(key);
        else if (server && Number(server.dataset.kbKept) >= kept.n) device.drop(key);
        else { if (server) server.hidden = true; this.offer(key, kept, server); }
      }
    }
    take(key, kept) {
      if (!this.isDirty()) { device.drop(key); return; }
      this.form.elements.draft.value = key.slice(this.place.length);
      this.form.elements.kept.value = Math.max(kept.n, Number(this.form.elements.kept.value));
    }
    offer(key, kept, server) {
      const words = this.words;
      const box = make("section", { class: "kb-flash kb-flash-info kb-kept", "data-kb-device": "" });
      const time = new Date(kept.at).toLocaleString(document.documentElement.lang || undefined, { dateStyle: "long", timeStyle: "short" });
      const back = make("button", { type: "button", class: "kb-button kb-small" }, words.kbBring);
      const drop = make("button", { type: "button", class: "kb-button kb-small kb-plain" }, words.kbDrop);
      const buttons = make("div", { class: "kb-buttons" });
      const differs = make("details", { class: "kb-differs" });
      const place = make("div", { class: "kb-loaded" });
      back.addEventListener("click", () => { this.bring(key, kept); box.remove(); });
      drop.addEventListener("click", () => this.thrown(box, key, kept, server));
      differs.addEventListener("toggle", () => { if (differs.open && !place.hasChildNodes()) this.compare(kept, place); });
      differs.append(make("summary", {}, words.kbDiffers), place);
      buttons.append(back, drop);
      box.append(make("p", {}, filled(words.kbOffer, { when: time })), buttons, differs);
      this.form.before(box);
    }
    /* With the revision it was written against, so that saving brings both together. What stands here is kept first. */
    bring(key, kept) {
      this.toDevice();
      for (const field of this.fields()) if (field.name in kept.values) field.value = kept.values[field.name];
      const elements = this.form.elements;
      elements.draft.value = key.slice(this.place.length);
      elements.kept.value = kept.n;
      elements.base.value = kept.base;
      this.form.dataset.kbDirty = "";
      this.written = null;
      this.toServer();
      const text = one("textarea", this.form) || this.form;
      text.dispatchEvent(new Event("input", { bubbles: true }));
      text.focus();
    }
    thrown(box, key, kept, server) {
      device.drop(key);
      const form = server && one("form", server);
      if (form) fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => {});
      const undo = make("button", { type: "button", class: "kb-button kb-small" }, this.words.kbUndo);
      const line = make("p", { role: "status" }, this.words.kbUndrop);
      undo.addEventListener("click", () => { device.set(key, kept); box.remove(); this.offer(key, kept, null); });
      box.replaceChildren(line, undo);
      undo.focus();
    }
    async compare(kept, place) {
      const body = new URLSearchParams(this.body());
      for (const [name, value] of Object.entries({ ...kept.values, base: kept.base })) body.set(name, value);
      place.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(this.words.kbCompare, { method: "POST", body });
        if (!answer.ok) throw new Error(String(answer.status));
        place.innerHTML = await answer.text();
      } catch {
        const text = make("textarea", { readonly: "", rows: "10", dir: "auto", "aria-label": this.words.kbDiffers });
        text.value = kept.values.text ?? "";
        place.append(text);
      }
      place.removeAttribute("aria-busy");
    }
  }

  /* The merge view: what will stand there, as it is chosen. */
  class Choosing {
    constructor(form, tell) {
      this.form = form;
      this.places = all("[data-kb-place]", form);
      this.result = one("[data-kb-result]", form);
      for (const place of this.places) {
        const hand = one("textarea", place);
        hand.addEventListener("input", () => { one("[value=hand]", place).checked = true; this.show(); tell(); });
        place.addEventListener("change", (event) => {
          if (event.target.value === "hand" && event.target.type === "radio") { hand.closest("details").open = true; hand.focus(); }
          this.show();
        });
      }
      this.show();
    }
    chosen(place) {
      const radio = one("input[type=radio]:checked", place);
      if (!radio) return null;
      if (radio.value !== "hand") return radio.dataset.kbText;
      const text = one("textarea", place).value;
      return text && place.dataset.kbPlace === "line" && !text.endsWith("\n") ? `${text}\n` : text;
    }
    parts() { return all("[data-kb-agreed], [data-kb-place]", this.form).map((part) => part.dataset.kbAgreed !== undefined ? part.textContent : this.chosen(part)); }
    isWhole() { return this.places.every((place) => this.chosen(place) !== null); }
    written() { return { text: this.isWhole() ? this.parts().join("") : this.form.elements.text.value }; }
    base() { return this.form.elements[this.isWhole() ? "current" : "base"].value; }
    show() {
      const done = this.places.filter((place) => this.chosen(place) !== null).length;
      const left = one("[data-kb-chosen]", this.form);
      left.textContent = filled(left.dataset.kbChosen, { n: done, total: this.places.length });
      this.result.replaceChildren();
      for (const part of all("[data-kb-agreed], [data-kb-place]", this.form)) {
        if (part.dataset.kbAgreed !== undefined) this.result.append(part.textContent);
        else this.result.append(this.chosen(part) === null ? make("span", { class: "kb-unchosen" }, this.result.dataset.kbOpen + "\n") : make("mark", {}, this.chosen(part)));
      }
      one(".kb-result", this.form).hidden = false;
    }
  }

  function start() {
    const form = one(".kb form[data-kb-keep]");
    if (form) new Keeping(form);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

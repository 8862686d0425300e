/* The search box: suggestions while typing, and one's own last searches, which never leave the browser.
   A combobox as in ARIA 1.2. Without this script the box is a form. It listens to its own forms only. */
(() => {
  "use strict";
  if (window.customElements.get("kb-found")) return;
  const wait = 120;
  const most = 30;

  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };

  /* Searches by place and person: [text, how often, when], the newest first. */
  const past = (form) => {
    const key = `kb-searches:${new URL(form.action).pathname}:${form.dataset.kbWhose}`;
    const read = () => {
      try { return JSON.parse(localStorage.getItem(key)).filter((one) => typeof one[0] === "string" && one[1] > 0); } catch { return []; }
    };
    return {
      read,
      keep(text) {
        const times = (read().find((one) => one[0] === text) || [text, 0])[1] + 1;
        const kept = [[text, times], ...read().filter((one) => one[0] !== text)].slice(0, most);
        try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* full or forbidden: go on without */ }
      },
      forget() { try { localStorage.removeItem(key); } catch { /* as above */ } },
    };
  };

  class Found extends HTMLElement {
    connectedCallback() {
      if (this.list) return;
      this.form = this.closest("form");
      this.field = this.form.elements.q;
      this.past = past(this.form);
      const id = `${this.field.id}_found`;
      this.list = make("ul", { role: "listbox", id, "aria-label": this.form.dataset.kbPages });
      this.forget = make("button", { type: "button", class: "kb-found-forget", hidden: "" }, this.form.dataset.kbForget);
      this.said = make("p", { class: "kb-sr", role: "status" });
      this.hidden = true;
      this.append(this.list, this.forget);
      this.after(this.said);
      for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" })) this.field.setAttribute(name, value);
      this.field.addEventListener("input", () => this.later());
      this.field.addEventListener("focus", () => { if (this.hidden && !this.field.value) this.ask(); });
      this.field.addEventListener("click", () => { if (this.hidden) this.ask(); });
      this.field.addEventListener("keydown", (event) => this.key(event));
      this.form.addEventListener("focusout", (event) => { if (!this.form.contains(event.relatedTarget)) this.close(); });
      this.form.addEventListener("submit", () => { const text = this.field.value.trim(); if (text) this.past.keep(text); this.close(); });
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
      this.forget.addEventListener("click", () => { this.past.forget(); this.field.focus(); this.close(); });
      addEventListener("pageshow", () => this.close());
    }
    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), this.field.value.trim() ? wait : 0);
    }
    async ask() {
      clearTimeout(this.timer);
      this.asked?.abort();
      const typed = this.field.value.trim();
      if (!typed) { this.show(this.own(), true); return; }
      this.asked = new AbortController();
      try {
        const address = `${this.form.dataset.kbFind}?q=${encodeURIComponent(typed)}`;
        const answer = await fetch(address, { signal: this.asked.signal, headers: { Accept: "application/json" } });
        if (answer.ok) this.show((await answer.json()).suggestions, false);
      } catch { /* stopped, or no network: the form still searches */ }
    }
    /* The last four, and behind them those that come again and again. */
    own() {
      const all = this.past.read();
      const often = all.slice(4).filter((one) => one[1] > 2).sort((one, other) => other[1] - one[1]).slice(0, 3);
      return [...all.slice(0, 4), ...often].map(([text]) => ({ kind: "past", text, about: "" }));
    }
    show(lines, own) {
      if (this.form.contains(document.activeElement)) {
        this.list.replaceChildren(...lines.map((line, at) => this.option(line, at)));
        this.list.setAttribute("aria-label", own ? this.form.dataset.kbPast : this.form.dataset.kbPages);
        this.forget.hidden = !own;
        this.said.textContent = lines.length ? this.form.dataset.kbSome.replace("{n}", lines.length) : "";
        this.open(lines.length > 0);
      }
    }
    option(line, at) {
      const option = make("li", { role: "option", id: `${this.list.id}_${at}`, "aria-selected": "false", class: `kb-found-${line.kind}` });
      option.append(make("span", { dir: "auto", class: "kb-found-text" }, line.text));
      if (line.about) option.append(make("span", { dir: "auto", class: "kb-found-about" }, line.about));
      option.line = line;
      return option;
    }
    open(open) {
      this.hidden = !open;
      this.field.setAttribute("aria-expanded", String(open));
      this.mark(null);
    }
    close() {
      clearTimeout(this.timer);
      this.asked?.abort();
      this.said.textContent = "";
      this.open(false);
    }
    mark(option) {
      for (const other of this.list.children) other.setAttribute("aria-selected", String(other === option));
      this.current = option;
      if (!option) { this.field.removeAttribute("aria-activedescendant"); return; }
      this.field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
    key(event) {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.key === "Escape" && !this.hidden) { event.preventDefault(); this.close(); return; }
      if (event.key === "Enter" && !this.hidden && this.current) { event.preventDefault(); this.choose(this.current); return; }
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      if (this.hidden) { this.ask(); return; }
      const options = [...this.list.children];
      const at = options.indexOf(this.current);
      this.mark(event.key === "ArrowDown" ? options[at + 1] || null : options[at < 0 ? options.length - 1 : at - 1] || null);
    }
    choose(option) {
      if (!option) return;
      const { line } = option;
      this.field.value = line.text;
      if (line.url) { this.past.keep(line.text); this.close(); location.assign(line.url); } else this.form.requestSubmit();
    }
  }
  const start = () => {
    for (const form of document.querySelectorAll(".kb form[data-kb-find]")) form.append(document.createElement("kb-found"));
    customElements.define("kb-found", Found);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

/* kbwiki's one script. Everything works without it; with it, nothing written is lost by a closed tab,
   and a few things are a key away. It adds no global name and touches nothing outside .kb,
   save two attributes on the document of our own frame: the theme's, and that the preview is off. */
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const root = document.documentElement;

  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* full or forbidden: go on without */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* as above */ } },
    keys() { try { return Object.keys(localStorage); } catch { return []; } },
  };

  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };
  const say = (text) => {
    const line = one(".kb .kb-said") || one(".kb").appendChild(make("p", { class: "kb-said", role: "status" }));
    line.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => line.remove(), 4000);
  };

  /* Theme: before the first paint, so that no page flashes in the other colours. */
  const chosen = store.get("kb-theme");
  if ((chosen === "light" || chosen === "dark") && words.kbOwn !== undefined) root.dataset.kbTheme = chosen;
  /* No place is kept in the editor for a preview that was switched off. */
  if (words.kbOwn !== undefined && store.get("kb-live") === "off") root.dataset.kbLive = "off";

  function themeButton() {
    const button = one(".kb-own .kb-theme");
    if (!button) return;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const current = () => root.dataset.kbTheme || (system.matches ? "dark" : "light");
    /* Its place is kept from the start, at the width of the longer label, so that nothing in the foot moves. */
    const label = () => { button.dataset.kbTo = current() === "dark" ? "light" : "dark"; };
    label();
    system.addEventListener("change", label);
    button.addEventListener("click", () => {
      const next = current() === "dark" ? "light" : "dark";
      root.dataset.kbTheme = next;
      if (next === (system.matches ? "dark" : "light")) store.drop("kb-theme");
      else store.set("kb-theme", next);
      label();
    });
  }

  /* Where the editor's script did not arrive, the places that were kept for what it brings to life go to the field. */
  function takeBackPlaces() {
    for (const place of all(".kb [data-kb-waits]")) {
      place.classList.remove("kb-has-live");
      place.closest(".kb-editing")?.classList.remove("kb-wide");
    }
  }

  /* Small menus close on Escape and on a press elsewhere. */
  function menus() {
    document.addEventListener("click", (event) => {
      for (const menu of all(".kb .kb-more[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      for (const menu of all(".kb .kb-more[open]")) { menu.open = false; one("summary", menu).focus(); }
    });
  }

  /* A link to each section, copied by one press. */
  function anchors() {
    for (const heading of all(".kb .kb-text :is(h1, h2, h3, h4, h5, h6)[id]")) {
      if (one(".kb-anchor", heading)) continue;
      const button = make("button", { type: "button", class: "kb-anchor", "aria-label": words.kbCopy, title: words.kbCopy }, "#");
      button.addEventListener("click", () => copy(`${location.href.split("#")[0]}#${heading.id}`, () => { location.hash = heading.id; }));
      heading.append(button);
    }
    for (const button of all(".kb [data-kb-copies]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const field = document.getElementById(button.dataset.kbCopies);
        field.select();
        copy(field.value, () => {}, button.dataset.kbCopied);
      });
    }
  }
  /* What scrolls sideways must be reachable without a mouse. */
  function scrollers() {
    for (const wide of all(".kb .kb-scroll")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
  }
  function copy(text, otherwise, done = words.kbCopied) {
    if (!navigator.clipboard) { otherwise(); return; }
    navigator.clipboard.writeText(text).then(() => say(done), otherwise);
  }

  /* Texts that are kept while they are written (kb-keep.js) are forgotten once they have arrived, which the server
     says in the address of the page, and after a month. */
  const month = 30 * 24 * 3600 * 1000;
  function forgetTexts() {
    const arrived = new URLSearchParams(location.search).get("arrived");
    for (const key of store.keys().filter((name) => name.startsWith("kb-text:"))) {
      let at = 0;
      try { at = JSON.parse(store.get(key)).at; } catch { /* not ours or torn: goes too */ }
      if ((arrived && key.endsWith(`#${arrived}`)) || Date.now() - at > month) store.drop(key);
    }
  }

  /* How long a review is with somebody. The seconds come from the server, so that a wrong clock does not matter;
     work on one's own review (writing, reading on) lets it last, and what is written is kept on the server too. */
  class Countdown extends HTMLElement {
    connectedCallback() {
      this.last(Number(this.dataset.kbSeconds));
      this.timer = setInterval(() => this.tick(), 1000);
      if (this.dataset.kbRenew) for (const name of ["keydown", "scroll", "pointerdown"]) addEventListener(name, this.work, { passive: true });
    }
    disconnectedCallback() {
      clearInterval(this.timer);
      for (const name of ["keydown", "scroll", "pointerdown"]) removeEventListener(name, this.work);
    }
    last(seconds) { this.end = performance.now() + seconds * 1000; this.asked = performance.now(); this.tick(); }
    tick() {
      const left = Math.max(0, Math.ceil((this.end - performance.now()) / 1000));
      const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      this.textContent = left ? this.dataset.kbLeft.replace("{time}", time) : this.dataset.kbOver;
    }
    work = () => {
      if (performance.now() - this.asked < 60000) return;
      this.asked = performance.now();
      const sent = new FormData(this.closest("form"));
      sent.set("do", "renew");
      send(this.dataset.kbRenew, sent).then((seconds) => { if (seconds !== null) this.last(seconds); });
    };
  }
  async function send(address, form) {
    try {
      const answer = await fetch(address, { method: "POST", body: form, keepalive: true });
      return answer.ok ? Number(await answer.text()) : null;
    } catch { return null; /* no network: the form still has it */ }
  }
  function keepNote() {
    const form = one(".kb form[data-kb-note]");
    if (!form) return;
    let timer = 0;
    let waits = false;
    const keep = async () => {
      clearTimeout(timer);
      waits = false;
      const sent = new FormData(form);
      sent.set("quiet", "1");
      const seconds = await send(form.dataset.kbNote, sent);
      const mine = one(".kb kb-countdown[data-kb-renew]");
      if (mine && seconds !== null) mine.last(seconds);
    };
    form.addEventListener("input", () => { waits = true; clearTimeout(timer); timer = setTimeout(keep, 1500); });
    form.addEventListener("submit", () => { waits = false; clearTimeout(timer); });
    addEventListener("pagehide", () => { if (waits) keep(); });
  }

  /* Keys. An element says by aria-keyshortcuts which key presses it. None with a modifier, none while typing, none
     twice, and none before the page has been seen for a moment: whoever presses a key twice must not decide about
     what comes next. The same holds for a decision pressed with the pointer. */
  const settle = 400;
  let shown = Infinity;
  let leaving = false;
  function appears() {
    leaving = false;
    shown = Infinity;
    requestAnimationFrame(() => requestAnimationFrame(() => { shown = performance.now(); }));
  }
  const settled = () => !leaving && performance.now() - shown >= settle;
  function keys() {
    appears();
    addEventListener("pageshow", (event) => { if (event.persisted) appears(); });
    const shortcuts = all(".kb [aria-keyshortcuts]");
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented || one("dialog[open]")) return;
      if (event.key === "Escape") { leave(event); return; }
      if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
      if (event.key === "?") { if (showKeys()) event.preventDefault(); return; }
      if (store.get("kb-keys") === "off") return;
      if (event.key === "/") { const field = one(".kb .kb-q"); if (field) { event.preventDefault(); field.focus(); field.select(); } return; }
      const key = event.key.toLowerCase();
      const target = option(key) || shortcuts.find((element) => element.getAttribute("aria-keyshortcuts").split(" ").includes(key));
      if (!target || event.shiftKey) return;
      event.preventDefault();
      if (settled()) press(target);
    });
  }
  /* While an answer is open, a digit chooses what it needs. */
  function option(key) {
    const open = all(".kb .kb-choose[open]").pop();
    return open && /^[0-9]$/.test(key) ? one(`[data-kb-digit="${key}"]`, open) : null;
  }
  function press(target) {
    if (target.matches("summary")) { unfold(target.parentElement); return; }
    target.click();
  }
  function unfold(fold) {
    const other = fold.open && one("[data-kb-tab]:not([aria-current])", fold);
    if (other) { other.click(); return; }
    for (let above = fold.parentElement.closest("details"); above; above = above.parentElement.closest("details")) above.open = true;
    const opens = !fold.open || !!one("textarea", fold);
    fold.open = opens;
    const first = opens && one("textarea, input[type=text], select, [data-kb-digit]", fold);
    (first || one("summary", fold)).focus();
  }
  /* Escape leaves a field first, then closes what is open. */
  function leave(event) {
    if (event.target.closest(".kb input, .kb textarea, .kb select")) { event.target.blur(); return; }
    const open = all(".kb .kb-choose[open], .kb .kb-others-ways[open]").pop();
    if (!open) return;
    open.open = false;
    one("summary", open).focus();
  }
  /* Answers: one open at a time, one press each, and a note where the reason says nothing by itself. */
  function decisions() {
    for (const fold of all(".kb .kb-choose")) fold.addEventListener("toggle", () => {
      if (fold.open) for (const other of all(".kb .kb-choose[open]")) if (other !== fold) other.open = false;
    });
    for (const ways of all(".kb .kb-others-ways")) ways.addEventListener("toggle", () => {
      if (!ways.open) for (const inner of all(".kb-choose[open]", ways)) inner.open = false;
    });
    for (const form of all(".kb form[data-kb-review], .kb form[data-kb-once]")) {
      form.addEventListener("submit", (event) => {
        if (!settled()) { event.preventDefault(); return; }
        const note = one("textarea[name=note]", form);
        if (event.submitter?.dataset.kbNeedsNote !== undefined && !note.value.trim()) {
          event.preventDefault();
          unfold(note.closest("details"));
          say(form.dataset.kbWantsNote);
        }
      });
    }
    document.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      leaving = true;
      setTimeout(() => { leaving = false; }, 10000);
    });
  }
  function showKeys() {
    const list = one(".kb .kb-keys");
    if (!list) return false;
    const dialog = one(".kb dialog.kb-keys-window") || keysWindow(list);
    dialog.showModal();
    return true;
  }
  function keysWindow(list) {
    const dialog = make("dialog", { class: "kb-keys-window", "aria-labelledby": "kb_keys-title" });
    dialog.append(...one(".kb-keys-all", list).cloneNode(true).childNodes);
    one(".kb-keys-title", dialog).id = "kb_keys-title";
    const buttons = make("div", { class: "kb-buttons" });
    const close = make("button", { type: "button", class: "kb-button", autofocus: "" }, list.dataset.kbClose);
    const off = make("button", { type: "button", class: "kb-button kb-plain" });
    const label = () => { off.textContent = store.get("kb-keys") === "off" ? list.dataset.kbOn : list.dataset.kbOff; };
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("keydown", (event) => { if (event.key === "?") { event.preventDefault(); dialog.close(); } });
    off.addEventListener("click", () => {
      if (store.get("kb-keys") === "off") store.drop("kb-keys"); else store.set("kb-keys", "off");
      label();
    });
    label();
    buttons.append(close, off);
    dialog.append(buttons);
    one(".kb .kb-main").append(dialog);
    return dialog;
  }

  /* What is heavy and seldom wanted is fetched when it is opened; without script its link leads there. */
  function onDemand() {
    for (const fold of all(".kb details[data-kb-load]")) {
      fold.addEventListener("toggle", () => { if (fold.open && !fold.dataset.kbHas) take(fold, fold.dataset.kbLoad); });
      fold.addEventListener("click", (event) => {
        const tab = event.target.closest("[data-kb-tab]");
        if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        take(fold, tab.href);
      });
    }
  }
  async function take(fold, address) {
    const place = one(".kb-loaded", fold);
    const wanted = new URL(address, location.href);
    wanted.searchParams.set("fragment", "1");
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(wanted);
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = await answer.text();
      fold.dataset.kbHas = "1";
      scrollers();
    } catch { say(fold.dataset.kbFailed); }
    place.removeAttribute("aria-busy");
  }

  /* Which result was opened is told to the list of what people did not find, by its place; who opened it is not. */
  function clicks() {
    const form = one(".kb form[data-kb-clicked]");
    if (!form) return;
    const tell = (event) => {
      const link = event.target.closest("[data-kb-rank]");
      if (!link || event.button > 1) return;
      const sent = new FormData(form);
      sent.set("rank", link.dataset.kbRank);
      navigator.sendBeacon(form.dataset.kbClicked, sent);
    };
    for (const kind of ["click", "auxclick"]) document.addEventListener(kind, tell);
  }

  /* A list of reviews: j and k go along it, o (or Enter, for the line has the focus) opens, x chooses. */
  function queueKeys() {
    const lines = all(".kb .kb-queue .kb-whole");
    if (!lines.length) return;
    const current = () => lines.indexOf(document.activeElement.closest(".kb-entry")?.querySelector(".kb-whole"));
    const go = (at) => { const line = lines[Math.max(0, Math.min(at, lines.length - 1))]; line.focus(); line.closest(".kb-entry").scrollIntoView({ block: "nearest" }); };
    const actions = {
      j: () => go(current() + 1),
      k: () => go(current() - 1),
      o: () => lines[current()]?.click(),
      x: () => one("input[type=checkbox]:enabled", lines[current()]?.closest(".kb-entry") || root)?.click(),
    };
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented || one("dialog[open]")) return;
      if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") || store.get("kb-keys") === "off") return;
      if (!Object.hasOwn(actions, event.key) || ("ox".includes(event.key) && (event.repeat || current() < 0))) return;
      event.preventDefault();
      actions[event.key]();
    });
  }

  function start() {
    themeButton();
    menus();
    anchors();
    scrollers();
    forgetTexts();
    /* Only now: an element defined earlier would start before its text has arrived, and stand beside it. */
    if (!customElements.get("kb-countdown")) customElements.define("kb-countdown", Countdown);
    keepNote();
    onDemand();
    decisions();
    keys();
    queueKeys();
    clicks();
    addEventListener("load", takeBackPlaces);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

/* Help on a page of the host: <kb-help endpoint args error label src>, a button that opens a panel beside the work.
   The panel is no dialog: the page stays usable, nothing in it is touched, and Escape or the button closes it.
   Its inside is in a shadow tree, so that neither page changes the other. Without this script the link leads to the same. */
(() => {
  "use strict";
  if (customElements.get("kb-help")) return;
  const script = document.currentScript?.src || document.baseURI;
  const nonce = document.currentScript?.nonce ? { nonce: document.currentScript.nonce } : {};
  let panel, inside, owner, asked;

  const make = (tag, attributes) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  /* The panel, made when it is first opened; it stays hidden until its stylesheets are there. */
  const build = (src) => {
    panel = make("aside", { class: "kb kb-help-panel", hidden: "" });
    const root = panel.attachShadow({ mode: "open" });
    const sheets = ["kb.css", "kb-help.css"].map((name) => make("link", { ...nonce, rel: "stylesheet", href: new URL(`static/${name}`, src) + new URL(script).search }));
    inside = make("div", { class: "kb-help-hold" });
    root.append(...sheets, inside);
    root.addEventListener("click", clicked);
    root.addEventListener("submit", submitted);
    document.body.append(panel);
    return Promise.all(sheets.map((sheet) => new Promise((done) => { sheet.onload = sheet.onerror = done; })));
  };

  /* Fetch what the panel shows. What is not ours (a sign-in page, an error of the network) opens as a page instead. */
  const load = async (address, options = {}, focus = true) => {
    asked?.abort();
    const mine = asked = new AbortController();
    inside.setAttribute("aria-busy", "true");
    const at = new URL(address);
    try {
      const answer = await fetch(at, { headers: { Accept: "text/html" }, ...options, signal: mine.signal });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-kb-help]");
      if (!fresh) throw new Error("no help");
      inside.replaceChildren(fresh);
      for (const link of inside.querySelectorAll("a[href]")) {
        if (!ours(link) && !link.getAttribute("href").startsWith("#")) { link.target = "_blank"; link.rel = "noopener"; }
      }
      const part = at.hash && inside.getRootNode().getElementById(decodeURIComponent(at.hash.slice(1)));
      if (part) part.scrollIntoView(); else inside.firstElementChild.scrollTop = 0;
      if (focus) (inside.querySelector("[data-kb-focus]") || inside.querySelector("[data-kb-heading]")).focus({ preventScroll: Boolean(part) });
    } catch (error) {
      if (error.name === "AbortError") return;
      close();
      open(owner.address({}), "_blank", "noopener");
    } finally {
      if (asked === mine) inside.removeAttribute("aria-busy");
    }
  };

  /* Where the panel shows a link itself: an address of help, or a page of the wiki; null for any other. */
  const ours = (link) => {
    const src = new URL(owner.src);
    const to = new URL(link.href);
    if (link.target || to.origin !== src.origin) return null;
    if (to.pathname === src.pathname) { to.searchParams.set("part", "panel"); return to; }
    const base = new URL("../", src).pathname;
    const path = to.pathname.slice(base.length);
    if (!to.pathname.startsWith(base) || !path || path.startsWith("-/")) return null;
    const shown = new URL(owner.address({ part: "panel", page: decodeURIComponent(path) }));
    shown.hash = to.hash;
    return shown;
  };

  const clicked = (event) => {
    if (event.target.closest("[data-kb-close]")) { close(); return; }
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const said = link.getAttribute("href");
    const to = said.startsWith("#") ? null : ours(link);
    if (said.startsWith("#")) {
      event.preventDefault();
      inside.getRootNode().getElementById(decodeURIComponent(said.slice(1)))?.scrollIntoView();
    } else if (to) {
      event.preventDefault();
      load(to);
    }
  };

  const submitted = (event) => {
    event.preventDefault();
    const form = event.target;
    const sent = new URLSearchParams(new FormData(form));
    if (event.submitter?.name) sent.set(event.submitter.name, event.submitter.value);
    const to = new URL(form.action);
    if (form.method !== "post") { to.search = sent; load(to); } else load(to, { method: "POST", body: sent });
  };

  const close = () => {
    if (!panel || panel.hidden) return;
    const inPanel = document.activeElement === panel;
    asked?.abort();
    panel.hidden = true;
    owner.button.setAttribute("aria-expanded", "false");
    if (inPanel) owner.button.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) close();
  });

  class Help extends HTMLElement {
    static observedAttributes = ["endpoint", "args", "error"];

    get src() { return new URL(this.getAttribute("src") || new URL("../help", script), document.baseURI).href; }

    get isOpen() { return owner === this && panel && !panel.hidden; }

    address(more) {
      const address = new URL(this.src);
      for (const name of Help.observedAttributes) if (this.getAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
      for (const [name, value] of Object.entries(more)) address.searchParams.set(name, value);
      return address.href;
    }

    connectedCallback() {
      if (this.button) return;
      this.classList.add("kb", "kb-box", "kb-help");
      const link = this.querySelector("a");
      this.button = make("button", { type: "button", class: "kb-button", "aria-expanded": "false" });
      this.button.append(...(link ? link.childNodes : [this.getAttribute("label") || "Help"]));
      this.button.addEventListener("click", () => { if (this.isOpen) close(); else this.open(); });
      this.replaceChildren(this.button);
    }

    disconnectedCallback() { if (this.isOpen) close(); }

    /* Another screen, the same panel: a page that never loads anew says so by these attributes. */
    attributeChangedCallback(name, before, now) {
      if (this.isOpen && before !== now) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => { if (this.isOpen) load(this.address({ part: "panel" }), {}, false); }, 0);
      }
    }

    async open() {
      close();
      const ready = panel ? null : build(this.src);
      owner = this;
      this.button.setAttribute("aria-expanded", "true");
      await ready;
      panel.setAttribute("aria-label", this.button.textContent.trim());
      panel.hidden = false;
      await load(this.address({ part: "panel" }));
    }
  }
  customElements.define("kb-help", Help);
})();

/* For reading. Everything is there without it; with it, contents follow, code is copied by one press, pictures enlarge,
   and the question below a page is answered in place. Its words come as attributes of its script. */
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };

  /* Contents: the section that is being read is marked, and kept in sight in a long list. */
  function contents() {
    const links = new Map();
    for (const link of all(".kb .kb-outline a[href^='#']")) {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading) links.set(heading, link);
    }
    if (!links.size || !("IntersectionObserver" in window)) return;
    const headings = [...links.keys()];
    let current = null;
    const mark = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= innerHeight * 0.3);
      const link = links.get(passed.pop()) || null;
      if (link === current) return;
      if (current) current.removeAttribute("aria-current");
      current = link;
      if (!link) return;
      link.setAttribute("aria-current", "location");
      const list = link.closest("ol");
      if (list.scrollHeight > list.clientHeight) list.scrollTop = link.offsetTop - list.offsetTop - list.clientHeight / 2;
    };
    const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -70% 0px", threshold: [0, 1] });
    for (const heading of headings) observer.observe(heading);
    /* On a narrow place the list lies on the text: it folds up once somebody has chosen. */
    const fold = one(".kb .kb-outline:not(.kb-contents) .kb-fold");
    if (fold) fold.addEventListener("click", (event) => { if (event.target.closest("a")) fold.open = false; });
  }

  /* Code: a button that copies it, over the first line. */
  function code() {
    for (const block of all(".kb .kb-text pre")) {
      const around = make("div", { class: "kb-code-around" });
      const button = make("button", { type: "button", class: "kb-button kb-small kb-copy" }, words.kbCopy);
      block.replaceWith(around);
      around.append(block, button);
      button.addEventListener("click", () => {
        copied(block.textContent.replace(/\n$/, ""), block).then((done) => {
          if (!done) return;
          button.textContent = words.kbCopied;
          setTimeout(() => { button.textContent = words.kbCopy; }, 2000);
        });
      });
    }
  }
  async function copied(text, block) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: it is selected, for the keys */ }
    const range = document.createRange();
    range.selectNodeContents(block);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return false;
  }

  /* Tables wider than their place say so at the edge where more is; one that fits lets its heading row stay in sight. */
  function tables() {
    const watch = (table) => {
      const room = table.scrollWidth - table.clientWidth;
      table.toggleAttribute("data-kb-fits", room <= 1);
      const at = Math.abs(table.scrollLeft);
      table.dataset.kbMore = room <= 1 ? "" : [at > 1 ? "before" : "", at < room - 1 ? "after" : ""].join(" ").trim();
    };
    const sizes = new ResizeObserver((changes) => { for (const change of changes) watch(change.target); });
    for (const table of all(".kb .kb-text .kb-table")) {
      table.addEventListener("scroll", () => watch(table), { passive: true });
      sizes.observe(table);
    }
  }

  /* Pictures shown smaller than they are enlarge. */
  function pictures() {
    for (const picture of all(".kb .kb-text img")) {
      if (picture.closest("a, button, summary, label")) continue;
      const offer = () => { if (gains(picture)) enlarges(picture); };
      if (picture.complete) offer();
      else picture.addEventListener("load", offer, { once: true });
    }
  }
  const gains = (picture) => picture.naturalWidth > picture.clientWidth * 1.15 && picture.naturalWidth > 200;
  function enlarges(picture) {
    const label = picture.alt ? `${words.kbEnlarge}: ${picture.alt}` : words.kbEnlarge;
    const button = make("button", { type: "button", class: "kb-zoom", "aria-label": label, "aria-haspopup": "dialog" });
    picture.replaceWith(button);
    button.append(picture);
    button.addEventListener("click", () => show(picture));
  }
  function show(picture) {
    const dialog = make("dialog", { class: "kb-large", "aria-label": picture.alt || words.kbPicture });
    const figure = make("figure", {});
    const close = make("button", { type: "button", class: "kb-button", autofocus: "" }, words.kbClose);
    figure.append(make("img", { src: picture.currentSrc || picture.src, alt: picture.alt }));
    if (picture.alt) figure.append(make("figcaption", { "aria-hidden": "true" }, picture.alt));
    dialog.append(figure, close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (!event.target.closest("figcaption, button")) dialog.close(); });
    dialog.addEventListener("close", () => dialog.remove());
    one(".kb .kb-main").append(dialog);
    dialog.showModal();
  }

  /* Was this helpful? The answer is counted at once; a sentence can follow, in the same place. */
  function helpful() {
    const place = one(".kb [data-kb-helpful]");
    if (!place) return;
    place.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const part = new URL(link.href);
      part.searchParams.set("fragment", "1");
      told(place, link.href, async () => {
        const asked = await fetch(part);
        if (!asked.ok) throw new Error(String(asked.status));
        const form = one("form", parsed(await asked.text()));
        return fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form) });
      });
    });
    place.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      if (!one("textarea", form).value.trim()) { one("textarea", form).focus(); return; }
      told(place, "", () => fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form) }));
    });
  }
  const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body;
  async function told(place, otherwise, ask) {
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await ask();
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      place.replaceChildren(...parsed(await answer.text()).childNodes);
      place.removeAttribute("role");
      place.removeAttribute("aria-labelledby");
      (one("[aria-invalid]", place) || one(".kb-thanks", place))?.focus();
    } catch {
      if (otherwise) location.href = otherwise;
      else place.append(make("p", { class: "kb-error", role: "alert" }, words.kbFailed));
    }
    place.removeAttribute("aria-busy");
  }

  /* The first page: what is new and what waits is asked for once the page is there, so that the page itself can be kept. */
  async function forYou() {
    const fold = one(".kb [data-kb-for-you]");
    if (!fold) return;
    const take = async (how) => {
      const wanted = new URL(fold.dataset.kbForYou, location.href);
      wanted.searchParams.set("fragment", how);
      try {
        const answer = await fetch(wanted);
        if (!answer.ok) return;
        const inside = one("[data-kb-said]", parsed(await answer.text()));
        one("[data-kb-news]", fold).textContent = inside.dataset.kbSaid;
        one(".kb-for-you-place", fold).replaceChildren(inside);
      } catch { /* no network: the link in the fold leads there */ }
    };
    /* What is missing takes longer to find, so only those who look are told. */
    fold.addEventListener("toggle", () => take("whole"), { once: true });
    await take("brief");
  }

  function printing() {
    for (const button of all(".kb [data-kb-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => print());
    }
    /* On paper nothing can be unfolded. */
    const shut = [];
    addEventListener("beforeprint", () => {
      for (const fold of all(".kb .kb-text details:not([open])")) { fold.open = true; shut.push(fold); }
    });
    addEventListener("afterprint", () => { for (const fold of shut.splice(0)) fold.open = false; });
  }

  function start() {
    contents();
    code();
    tables();
    pictures();
    helpful();
    printing();
    forYou();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();

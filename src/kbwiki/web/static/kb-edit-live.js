/* The preview that follows.
   A part of the editor (see kb-edit.js): what it makes is handed to the others by the document, under a symbol. */
(() => {
  "use strict";
  const edit = (document[Symbol.for("kbwiki.edit")] ??= {});
  const { one, make, store, large, mirrorOf } = edit;

  /* Makes `old` like `fresh`, and leaves alone what is equal already: nothing flickers, pictures stay. */
  function morph(old, fresh) {
    const before = [...old.childNodes];
    const after = [...fresh.childNodes];
    let head = 0;
    while (head < before.length && head < after.length && before[head].isEqualNode(after[head])) head += 1;
    let tail = 0;
    while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail].isEqualNode(after[after.length - 1 - tail])) tail += 1;
    const gone = before.slice(head, before.length - tail);
    const come = after.slice(head, after.length - tail);
    const behind = before[before.length - tail] || null;
    come.forEach((node, at) => {
      const there = gone[at];
      if (!there) old.insertBefore(document.importNode(node, true), behind);
      else if (there.nodeType === 1 && there.nodeName === node.nodeName && !/^(IFRAME|VIDEO|AUDIO|IMG|INPUT)$/.test(node.nodeName)) {
        for (const { name } of [...there.attributes]) if (!node.hasAttribute(name)) there.removeAttribute(name);
        for (const { name, value } of node.attributes) if (there.getAttribute(name) !== value) there.setAttribute(name, value);
        morph(there, node);
      } else there.replaceWith(document.importNode(node, true));
    });
    for (const node of gone.slice(come.length)) node.remove();
  }

  class Live {
    constructor(editor) {
      this.editor = editor;
      this.pane = one(".kb-live", editor.place);
      this.shown = one(".kb-text", this.pane);
      this.button = one("[data-kb-does=preview]", editor.place);
      this.headings = [];
      this.blocks = [];
      this.took = 0;
      this.size = 0;
      this.moved = 0;
      const { area } = editor.field;
      /* What leads the preview: the caret, until somebody scrolls. */
      area.addEventListener("scroll", () => { if (performance.now() - this.moved > 250) this.leads = false; this.follow(); }, { passive: true });
      this.pane.addEventListener("click", (event) => this.click(event));
      /* Who asks for the preview while it is there already is led to it. */
      editor.form.addEventListener("click", (event) => {
        if (!this.isOn || !event.target.closest("[type=submit][value=preview]")) return;
        event.preventDefault();
        this.ask();
        this.pane.focus({ preventScroll: true });
        this.pane.scrollIntoView({ block: "nearest" });
      });
      document.addEventListener("selectionchange", () => { if (document.activeElement === area) { this.moved = performance.now(); this.leads = true; this.settled(); } });
      this.switch(store.get("kb-live") !== "off");
    }
    get isOn() { return !this.pane.hidden; }

    switch(on) {
      this.pane.hidden = !on;
      this.button.setAttribute("aria-pressed", String(on));
      this.editor.place.classList.toggle("kb-has-live", on);
      one(".kb .kb-editing")?.classList.toggle("kb-wide", on);
      if (on) this.ask(); else this.stopped?.abort();
    }

    /* The longer the text and the slower the answer, the later: never while keys are coming. */
    later() {
      clearTimeout(this.timer);
      const wait = Math.min(6000, Math.max(350, 2 * this.took, this.size > large ? 1500 : 0));
      this.timer = setTimeout(() => this.ask(), wait);
    }

    async ask() {
      clearTimeout(this.timer);
      this.stopped?.abort();
      if (document.hidden) { document.addEventListener("visibilitychange", () => this.ask(), { once: true }); return; }
      const { form, field } = this.editor;
      const stopped = this.stopped = new AbortController();
      const sent = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
      sent.set("action", "live");
      const text = field.text;
      this.size = text.length;
      const began = performance.now();
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body: sent, signal: stopped.signal, headers: { Accept: "application/json" } });
        if (!answer.ok || !(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(String(answer.status));
        const said = await answer.json();
        this.took = performance.now() - began;
        if (!stopped.signal.aborted) this.show(said, text);
      } catch (error) {
        if (error.name === "AbortError") return;
        this.took = 3000;
        this.trouble(this.editor.words.kbFailed);
      }
    }

    trouble(words) {
      const line = one("[data-kb-trouble]", this.pane);
      line.hidden = !words;
      line.textContent = words;
    }

    show(said, text) {
      one("#kb_preview")?.closest("section").remove();
      this.trouble("");
      const fresh = new DOMParser().parseFromString(said.html, "text/html").body;
      for (const node of [...fresh.childNodes]) if (node.nodeType === 3 && !node.data.trim()) node.remove();
      morph(this.shown, fresh);
      this.headings = said.headings;
      this.blocks = said.blocks;
      this.text = text;
      this.measured = null;
      this.editor.written(said);
      this.pair();
      this.settled();
    }

    /* Which element of the preview begins in which line: block by block, or where plugins made more or fewer elements
       of a block, heading by heading. */
    pair() {
      const children = [...this.shown.children];
      const lines = children.length === this.blocks.length ? children.map((child, at) => [this.blocks[at], child])
        : this.headings.map(([line, anchor]) => [line, this.shown.querySelector(`#${CSS.escape(anchor)}`)]).filter(([, heading]) => heading);
      this.pairs = lines;
    }

    /* Where in the field, in pixels, the lines begin that the pairs name. Measured when somebody scrolls, once a text. */
    measure() {
      const { area } = this.editor.field;
      if (this.measured && this.measured.width === area.clientWidth) return this.measured;
      const text = area.value;
      const starts = [];
      let at = 0;
      let line = 0;
      for (const [wanted] of this.pairs) {
        while (line < wanted && at >= 0) { const next = text.indexOf("\n", at); if (next < 0) break; at = next + 1; line += 1; }
        starts.push(at);
      }
      const mirror = mirrorOf(area);
      /* A line end at the end of an element makes no line by itself. */
      const part = (from, to) => make("div", {}, text.slice(from, to).replace(/\n$/, "").replace(/(^|\n)$/, "$1\u200b"));
      const marks = starts.map((start, number) => part(start, starts[number + 1] ?? text.length));
      if (starts[0]) mirror.append(part(0, starts[0]));
      mirror.append(...marks);
      const tops = marks.map((mark) => mark.offsetTop);
      this.measured = { width: area.clientWidth, tops, height: mirror.scrollHeight };
      mirror.remove();
      return this.measured;
    }

    follow() {
      if (!this.isOn || this.waiting || !this.pairs?.length) return;
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        const { area } = this.editor.field;
        const { tops, height } = this.measure();
        const top = area.scrollTop;
        let at = -1;
        while (at + 1 < tops.length && tops[at + 1] <= top + 4) at += 1;
        const [above, below] = [at < 0 ? 0 : tops[at], tops[at + 1] ?? height];
        const share = below > above ? Math.min(1, Math.max(0, (top - above) / (below - above))) : 0;
        const begins = at < 0 ? 0 : this.offset(this.pairs[at][1]);
        const ends = this.pairs[at + 1] ? this.offset(this.pairs[at + 1][1]) : this.pane.scrollHeight;
        const end = area.scrollTop + area.clientHeight >= area.scrollHeight - 2;
        this.pane.scrollTop = top < 2 ? 0 : end ? this.pane.scrollHeight : begins + share * (ends - begins);
      });
    }
    offset(element) { return element.getBoundingClientRect().top - this.pane.getBoundingClientRect().top + this.pane.scrollTop - 8; }

    /* When the caret rests: what is being written is in sight. */
    settled() {
      clearTimeout(this.rests);
      this.rests = setTimeout(() => {
        const { area, text, start } = { area: this.editor.field.area, text: this.editor.field.text, start: this.editor.field.start };
        this.editor.rested(text, start);
        if (!this.leads) { this.follow(); return; }
        this.editor.bringInSight();
        if (!this.isOn || !this.pairs?.length || document.activeElement !== area) return;
        const line = text.slice(0, start).split("\n").length - 1;
        let at = this.pairs.length - 1;
        while (at > 0 && this.pairs[at][0] > line) at -= 1;
        const seen = this.pairs[at][1].getBoundingClientRect();
        const pane = this.pane.getBoundingClientRect();
        if (seen.bottom < pane.top + 24 || seen.top > pane.bottom - 24) this.pane.scrollTop += seen.top - pane.top - pane.height / 3;
      }, 200);
    }

    /* A link in the preview does not lead out of the form. */
    click(event) {
      const link = event.target.closest("a[href]");
      if (!link || event.defaultPrevented) return;
      event.preventDefault();
      const own = link.getAttribute("href");
      if (own.startsWith("#")) this.shown.querySelector(`#${CSS.escape(decodeURIComponent(own.slice(1)))}`)?.scrollIntoView({ block: "nearest" });
      else window.open(link.href, "_blank", "noopener");
    }
  }

  Object.assign(edit, { Live });
})();

/* Suggestions: a list at the caret, of what may be meant.
   A part of the editor (see kb-edit.js): what it makes is handed to the others by the document, under a symbol. */
(() => {
  "use strict";
  const edit = (document[Symbol.for("kbwiki.edit")] ??= {});
  const { all, make, large, Table, one } = edit;

  const ASKS = [
    { kind: "heading", found: /\[\[([^[\]|#\n]*)#([^[\]|\n]*)$/, typed: 2, page: 1 },
    { kind: "page", found: /\[\[([^[\]|#\n]*)$/, typed: 1 },
    { kind: "person", found: /(?:^|[\s(])@((?:[\p{L}\p{N}][\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?)?)$/u, typed: 1 },
    { kind: "block", found: /^[ \t]*\/([\p{L}\p{N} ]{0,24})$/u, typed: 1 },
  ];

  class Suggesting {
    constructor(editor) {
      this.editor = editor;
      this.field = editor.field;
      this.list = make("ul", { role: "listbox", id: "kb_suggested", class: "kb-suggested", "aria-label": editor.words.kbSuggested, hidden: "" });
      one(".kb-pane", editor.place).append(this.list);
      const { area } = this.field;
      area.setAttribute("aria-autocomplete", "list");
      area.setAttribute("aria-haspopup", "listbox");
      area.setAttribute("aria-controls", this.list.id);
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) this.choose(option); });
      area.addEventListener("blur", () => this.close());
    }
    get isOpen() { return !this.list.hidden; }

    /* After a key: only those that may begin something look at the line. */
    typed(event) {
      if (this.isOpen || this.waits) { this.look(); return; }
      if (event.data && !event.isComposing && (this.unanswered || /[[#@/]$/.test(event.data))) this.look();
    }

    look() {
      const { text, start, end } = this.field;
      const from = text.lastIndexOf("\n", start - 1) + 1;
      const line = text.slice(Math.max(from, start - 300), start);
      const ask = start === end && ASKS.find((one) => one.found.test(line));
      this.unanswered = false;
      if (!ask) { this.close(); return; }
      const match = ask.found.exec(line);
      const typed = match[ask.typed];
      this.asks = { kind: ask.kind, typed, from: start - typed.length, page: ask.page ? match[ask.page] : "" };
      if (ask.kind === "block") { this.asks.from -= 1; this.show(this.blocks(typed), ""); return; }
      if (ask.kind === "person" && !typed) { this.close(); this.unanswered = true; return; }
      clearTimeout(this.timer);
      this.waits = true;
      this.timer = setTimeout(() => this.ask(), 120);
    }

    blocks(typed) {
      const wanted = typed.trim().toLowerCase();
      const own = all("[data-kb-blocks] > li, .kb-toolbar [data-kb-before]", this.editor.place);
      return own.filter((entry) => entry.textContent.toLowerCase().includes(wanted)).map((entry) => ({ text: entry.textContent.trim(), about: "", entry }));
    }

    async ask() {
      this.stopped?.abort();
      this.stopped = new AbortController();
      const { kind, typed, page } = this.asks;
      const query = new URLSearchParams({ kind, q: typed, page, path: this.editor.path });
      try {
        const answer = await fetch(`${this.editor.words.kbComplete}?${query}`, { signal: this.stopped.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const { lines, said } = await answer.json();
        const own = kind === "heading" && !page.trim() ? this.editor.live.headings.filter(([, , title]) => title.toLowerCase().includes(typed.trim().toLowerCase())).map(([, anchor, title]) => ({ text: title, about: "", puts: /[[\]|\\]/.test(title) ? anchor.replace("kb-h-", "") : title })) : [];
        this.waits = false;
        this.show([...own, ...lines.filter((line) => !own.some((other) => other.text === line.text))].slice(0, 10), said);
      } catch (error) {
        if (error.name !== "AbortError") this.close();
      }
    }

    show(lines, said) {
      if (!lines.length || document.activeElement !== this.field.area) { this.close(); this.unanswered = true; return; }
      this.list.replaceChildren(...lines.map((line, at) => {
        const option = make("li", { role: "option", id: `kb_suggested_${at}`, "aria-selected": "false" });
        option.append(make("span", { dir: "auto", class: "kb-found-text" }, line.text));
        if (line.about) option.append(make("span", { dir: "auto", class: "kb-found-about" }, line.about));
        option.line = line;
        return option;
      }));
      if (!this.isOpen) { this.editor.bringInSight(); this.list.hidden = false; this.place(); }
      this.list.setAttribute("aria-label", this.asks.kind === "block" ? this.editor.words.kbInserted : this.editor.words.kbSuggested);
      this.editor.say(said || this.list.getAttribute("aria-label"));
      this.mark(this.list.firstElementChild);
    }

    /* Below the caret's line, or above it where the window ends. Where the text is long, finding the caret would take
       too long: at the field's foot. */
    place() {
      const { area } = this.field;
      const pane = area.parentElement;
      const box = pane.getBoundingClientRect();
      const bottom = this.editor.foot;
      let top = Math.min(area.clientHeight, bottom - box.top) - 8;
      let line = 0;
      let left = 8;
      if (this.field.text.length <= large) {
        const seen = caretAt(area, this.asks.from);
        line = seen.height;
        top = Math.min(area.clientHeight, seen.top - area.scrollTop + line) + area.offsetTop;
        left = seen.left + area.offsetLeft;
      }
      const height = this.list.offsetHeight;
      if (box.top + top + height > bottom && box.top + top - line - height > 0) top -= height + line;
      this.list.style.top = `${top}px`;
      this.list.style.left = `${Math.max(0, Math.min(left, pane.clientWidth - this.list.offsetWidth))}px`;
    }

    close() {
      clearTimeout(this.timer);
      this.stopped?.abort();
      this.waits = false;
      if (!this.isOpen) return;
      this.list.hidden = true;
      this.mark(null);
      this.editor.say("");
    }

    mark(option) {
      for (const other of this.list.children) other.setAttribute("aria-selected", String(other === option));
      this.current = option;
      if (!option) { this.field.area.removeAttribute("aria-activedescendant"); return; }
      this.field.area.setAttribute("aria-activedescendant", option.id);
      const { list } = this;
      if (option.offsetTop < list.scrollTop) list.scrollTop = option.offsetTop;
      else if (option.offsetTop + option.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = option.offsetTop + option.offsetHeight - list.clientHeight;
    }

    /* Gives back whether the key was for the list. */
    key(event) {
      if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
      const options = [...this.list.children];
      const at = options.indexOf(this.current);
      if (event.key === "Escape") this.close();
      else if (event.key === "ArrowDown") this.mark(options[(at + 1) % options.length]);
      else if (event.key === "ArrowUp") this.mark(options[(at + options.length - 1) % options.length]);
      else if ((event.key === "Enter" || event.key === "Tab") && this.current && !event.shiftKey) this.choose(this.current);
      else return false;
      return true;
    }

    choose(option) {
      const { kind, from } = this.asks;
      const { line } = option;
      const { text, start } = this.field;
      this.close();
      if (kind === "block") { this.editor.insert(line.entry, from, start); return; }
      let words = line.puts;
      let to = start;
      if (kind === "page" || kind === "heading") {
        const inTable = Table.at(text, start);
        if (inTable) words = words.replace(/\|/g, "\\|");
        words += "]]";
        if (text.startsWith("]]", start)) to += 2;
      }
      this.field.put(words, from, to);
    }
  }

  /* A copy of the field that can be measured: how its text lies is nowhere else to be seen. */
  const LOOKS = ["fontFamily", "fontSize", "fontWeight", "fontStyle", "letterSpacing", "lineHeight", "textIndent", "textTransform", "wordSpacing", "tabSize", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "direction", "textAlign"];
  function mirrorOf(area) {
    const mirror = make("div", { class: "kb-mirror", "aria-hidden": "true" });
    const looks = getComputedStyle(area);
    for (const name of LOOKS) mirror.style[name] = looks[name];
    mirror.style.width = `${area.clientWidth}px`;
    area.parentElement.append(mirror);
    return mirror;
  }
  function caretAt(area, place) {
    const mirror = mirrorOf(area);
    const mark = make("span", {}, "\u200b");
    mirror.append(area.value.slice(0, place), mark);
    const seen = { top: mark.offsetTop, left: mark.offsetLeft, height: mark.offsetHeight || 20 };
    mirror.remove();
    return seen;
  }

  /* Tags are suggested in their own field, by the browser's own means. */
  function suggestTags(field, editor) {
    if (!field) return;
    const list = make("datalist", { id: "kb_tags_known" });
    field.after(list);
    field.setAttribute("list", list.id);
    let timer = 0;
    field.addEventListener("input", (event) => {
      if (event.inputType === "insertReplacementText" || !event.inputType) return;
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const [, before, typed] = /^(.*,\s*)?([^,]*)$/s.exec(field.value);
        try {
          const answer = await fetch(`${editor.words.kbComplete}?${new URLSearchParams({ kind: "tag", q: typed.trim() })}`);
          if (answer.ok) list.replaceChildren(...(await answer.json()).lines.map((line) => make("option", { value: (before || "") + line.puts })));
        } catch { /* no network: the field is a field */ }
      }, 150);
    });
  }

  Object.assign(edit, { mirrorOf, caretAt, suggestTags, Suggesting });
})();

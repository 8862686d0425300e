/* Pasting: formatted text and tables become Markdown.
   A part of the editor (see kb-edit.js): what it makes is handed to the others by the document, under a symbol. */
(() => {
  "use strict";
  const edit = (document[Symbol.for("kbwiki.edit")] ??= {});
  const { tableOf } = edit;

  const KNOWN = "h1, h2, h3, h4, h5, h6, strong, b, em, i, a[href], ul, ol, table, pre, code, blockquote, img, [data-style*='font-weight'], [data-style*='italic']";
  const escaped = (words) => words.replace(/[\\`*[\]<]/g, "\\$&").replace(/(^|\s)_|_(?=\s|$)/g, (found) => found.replace("_", "\\_"));
  const guarded = (line) => line.replace(/^(\s*)([#>+-]|\d+[.)])(?=\s)/, (_, blank, sign) => `${blank}${sign.length > 1 ? sign.slice(0, -1) + "\\" + sign.slice(-1) : "\\" + sign}`);

  class Converted {
    /* Styles are looked at as text and never applied; what would run stands there as nothing. */
    constructor(html, base) {
      const tags = html.replace(/<!--[\s\S]*?-->/g, "").replace(/<(style|script|title)\b[\s\S]*?<\/\1>/gi, "").replace(/<[^<>]*>/g, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
      this.body = new DOMParser().parseFromString(tags, "text/html").body;
      this.base = base;
    }

    get isTable() {
      const tables = this.body.querySelectorAll("table");
      const rest = this.body.cloneNode(true);
      for (const table of rest.querySelectorAll("table")) table.remove();
      return tables.length === 1 && !rest.textContent.trim() && tables[0].rows.length * Math.max(...[...tables[0].rows].map((row) => row.cells.length)) > 1;
    }

    get isRich() { return Boolean(this.body.querySelector(KNOWN)); }

    get markdown() { return this.blocks(this.body).replace(/\n{3,}/g, "\n\n").trim(); }

    blocks(parent) {
      let made = "";
      let line = "";
      const end = () => { if (line.trim()) made += `${guarded(line.trim())}\n\n`; line = ""; };
      for (const node of parent.childNodes) {
        const block = node.nodeType === 1 ? this.block(node) : null;
        if (block === null) line += this.inline(node);
        else { end(); made += block && `${block}\n\n`; }
      }
      end();
      return made;
    }

    block(element) {
      const name = element.localName;
      if (/^h[1-6]$/.test(name)) { const words = this.line(element); return words && `${"#".repeat(Number(name[1]))} ${words}`; }
      if (name === "ul" || name === "ol") return this.list(element, name === "ol");
      if (name === "pre") return `\`\`\`\n${element.textContent.replace(/\n$/, "")}\n\`\`\``;
      if (name === "blockquote") return this.blocks(element).trim().replace(/^/gm, "> ");
      if (name === "table") return this.table(element);
      if (name === "hr") return "---";
      if (element.querySelector("h1, h2, h3, h4, h5, h6, ul, ol, pre, blockquote, table, p, div") || /^(p|div|section|article|main|header|footer|dl|dd|dt|figure|figcaption|address|li)$/.test(name)) return this.blocks(element).trim();
      return null;
    }

    list(list, numbered) {
      let number = Number(list.getAttribute("start")) || 1;
      return [...list.children].map((entry) => {
        if (entry.localName !== "li") return this.list(entry, entry.localName === "ol").replace(/^/gm, "  ");
        const box = entry.querySelector("input[type=checkbox]");
        const sign = numbered ? `${number++}. ` : box ? `- [${box.hasAttribute("checked") ? "x" : " "}] ` : "- ";
        const gap = " ".repeat(numbered ? sign.length : 2);
        const words = this.blocks(entry).trim().replace(/\n\n(?=\s*(?:[-*+]|\d+[.)])\s)/g, "\n");
        return sign + words.replace(/\n(?=.)/g, `\n${gap}`);
      }).join("\n");
    }

    table(table) {
      const rows = [...table.rows].map((row) => [...row.cells].flatMap((cell) => [this.line(cell), ...Array(Math.max(0, Math.min(50, cell.colSpan) - 1)).fill("")]));
      return rows.length ? tableOf(rows) : "";
    }

    line(element) { return [...element.childNodes].map((node) => this.inline(node)).join("").replace(/\s+/g, " ").trim(); }

    inline(node) {
      if (node.nodeType === 3) return escaped(node.data.replace(/\s+/g, " "));
      if (node.nodeType !== 1) return "";
      const name = node.localName;
      if (name === "br") return "\n";
      if (name === "img") return this.picture(node);
      if (name === "code" || name === "kbd" || name === "samp" || name === "tt") return node.textContent ? `\`${node.textContent.replace(/`/g, "'")}\`` : "";
      if (name === "input" || name === "button" || name === "svg") return "";
      const words = [...node.childNodes].map((child) => this.inline(child)).join("");
      if (name === "a") return this.link(node, words);
      const style = node.getAttribute("data-style") || "";
      const bold = /^(b|strong)$/.test(name) ? !/font-weight:\s*(normal|400)/i.test(style) : /font-weight:\s*(bold|[6-9]00)/i.test(style);
      const italic = /^(i|em)$/.test(name) ? !/font-style:\s*normal/i.test(style) : /font-style:\s*italic/i.test(style);
      const marks = (name === "s" || name === "del" || name === "strike" ? "~~" : "") + (bold ? "**" : "") + (italic ? "*" : "");
      if (!marks || !words.trim()) return words;
      const [, before, inner, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
      return `${before}${marks}${inner}${[...marks].reverse().join("")}${after}`;
    }

    address(raw) {
      try { return new URL(raw, location.href); } catch { return null; }
    }

    link(node, words) {
      const address = this.address(node.getAttribute("href") || "");
      const label = words.trim();
      if (!address || !/^(https?|mailto):$/.test(address.protocol) || !label) return words;
      const root = this.base.replace(/\/$/, "");
      if (address.origin === location.origin && address.pathname.startsWith(`${root}/`) && !address.pathname.startsWith(`${root}/-/`)) {
        const path = decodeURIComponent(address.pathname.slice(root.length));
        if (path.length > 1 && !/[[\]|#\\]/.test(path)) return `[[${path.slice(1).includes("/") ? path.slice(1) : path}|${label}]]`;
      }
      return label === address.href || escaped(address.href) === label ? `<${address.href}>` : `[${label}](${address.href.replace(/[()]/g, encodeURIComponent).replace(/\(/g, "%28").replace(/\)/g, "%29")})`;
    }

    picture(node) {
      const address = this.address(node.getAttribute("src") || "");
      const alt = escaped(node.getAttribute("alt") || "");
      return address && address.origin === location.origin && /^https?:$/.test(address.protocol) ? `![${alt}](${address.pathname})` : "";
    }
  }

  const rowsOf = (plain) => {
    const lines = plain.replace(/\r/g, "").replace(/\n+$/, "").split("\n");
    const rows = lines.map((line) => line.split("\t"));
    return rows.length > 1 && rows[0].length > 1 && lines.every((line, at) => rows[at].length === rows[0].length && !line.startsWith("\t\t")) && rows.some((row) => row[0].trim()) ? rows : null;
  };

  Object.assign(edit, { Converted, rowsOf });
})();

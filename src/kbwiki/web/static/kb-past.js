/* A page through time: while the slider moves, what stands below it is fetched. Without this script it is a form. */
(() => {
  "use strict";
  const slider = document.querySelector("input[data-kb-slider]");
  const shown = slider && document.getElementById(slider.dataset.kbSlider);
  if (!shown) return;
  const form = slider.form;
  const kept = new Map();
  let timer = 0;
  let wanted = null;

  const address = (part) => {
    const url = new URL(form.action);
    for (const [name, value] of new FormData(form)) url.searchParams.set(name, value);
    if (part) url.searchParams.set("part", "");
    return url;
  };
  const fetched = async (url) => {
    if (!kept.has(url)) {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      kept.set(url, await answer.text());
      if (kept.size > 40) kept.delete(kept.keys().next().value);
    }
    return kept.get(url);
  };
  const show = async () => {
    const url = address(true).href;
    wanted = url;
    shown.setAttribute("aria-busy", "true");
    try {
      const html = await fetched(url);
      if (wanted !== url) return;
      const moment = new DOMParser().parseFromString(html, "text/html").querySelector(".kb-moment");
      if (!moment) throw new Error("nothing to show");
      shown.replaceChildren(document.adoptNode(moment));
      slider.setAttribute("aria-valuetext", moment.dataset.kbSaid);
      history.replaceState(null, "", address(false));
    } catch {
      if (wanted === url) form.submit();
    } finally {
      if (wanted === url) shown.removeAttribute("aria-busy");
    }
  };
  slider.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 90);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show();
  });
  /* Moved before this script came, or put back by the browser where it stood. */
  const catchUp = () => { if (slider.value !== shown.querySelector(".kb-moment")?.dataset.kbAt) show(); };
  catchUp();
  addEventListener("pageshow", catchUp);
})();

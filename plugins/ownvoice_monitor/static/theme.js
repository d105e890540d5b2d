// The theme of the UI around this page, before anything is drawn; without a frame, the one that the UI has kept.
(() => {
  const root = document.documentElement;
  const read = () => {
    try {
      if (window.parent !== window) return window.parent.document.documentElement.classList.contains("dark") ? "dark" : "light";
    } catch { /* a frame of another origin: ask the browser */ }
    const kept = localStorage.getItem("theme");
    return kept === "dark" || kept === "light" ? kept : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  };
  const apply = () => {
    if (root.dataset.theme === read()) return;
    root.dataset.theme = read();
    document.dispatchEvent(new Event("themechange"));
  };
  apply();
  try {
    if (window.parent !== window) new MutationObserver(apply).observe(window.parent.document.documentElement, { attributeFilter: ["class"] });
  } catch { /* as above */ }
})();

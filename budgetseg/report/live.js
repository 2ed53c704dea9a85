"use strict";
(() => {
  // The page of a server: looks every few seconds whether runs have finished since, and keeps what the reader chose.
  const shown = document.querySelector('meta[name="budgetseg-state"]').content;
  const key = "budgetseg-choices";
  const controls = () => [...document.querySelectorAll("main input, main select, main details")];
  const held = (one) => (one.tagName === "DETAILS" ? one.open : one.type === "checkbox" ? one.checked : one.value);
  const name = (one) => `${one.tagName} ${one.id} ${JSON.stringify({ ...one.dataset, words: "" })} ${one.tagName === "DETAILS" ? one.textContent.slice(0, 60) : ""}`;

  const keep = () => sessionStorage.setItem(key, JSON.stringify(controls().map((one) => [name(one), one.type === "range" ? now(one) : held(one)])));
  const now = (slider) => document.getElementById(`${slider.id}-now`).textContent; // places move as runs come in, words stay
  const restore = () => {
    const kept = new Map(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
    sessionStorage.removeItem(key);
    for (const one of controls()) {
      if (!kept.has(name(one))) continue;
      const value = kept.get(name(one));
      if (one.tagName === "DETAILS") {
        one.open = value;
      } else if (one.type === "checkbox") {
        if (one.checked !== value) one.click();
      } else if (one.type === "range") {
        const place = one.dataset.words.split("|").indexOf(value);
        if (place >= 0) {
          one.value = place;
          one.dispatchEvent(new Event("input", { bubbles: true }));
        }
      } else if ([...one.options].some((option) => option.value === value)) {
        one.value = value;
        one.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  };
  restore();

  const look = async () => {
    try {
      const { state } = await (await fetch("/state")).json();
      if (state !== shown) {
        keep();
        location.reload();
        return;
      }
    } catch {
      // the server has stopped, or is busy; it may come back
    }
    setTimeout(look, 5000);
  };
  setTimeout(look, 5000);
})();

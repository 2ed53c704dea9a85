(() => {
  const { number, cell } = Charts;
  const { steps, budgets } = Charts.read("budgetseg-data");
  const slider = document.getElementById("budget");
  const now = document.getElementById("budget-now");
  const body = document.querySelector("#choices tbody");
  const interval = document.querySelector("[data-interval]");
  const measure = document.querySelector("[data-measure]");
  const place = () => Number(slider.value);

  // Where the slider stands: a line on the log axis, a frame around a bar.
  const marks = {
    frontier: (colour) => ({
      shapes: [{ type: "line", xref: "x", yref: "paper", x0: steps[place()].budget, x1: steps[place()].budget, y0: 0, y1: 1,
        line: { color: colour.accent, width: 2 } }],
    }),
    mix: (colour) => ({
      shapes: [{ type: "rect", xref: "x", yref: "paper", x0: place() - 0.48, x1: place() + 0.48, y0: 0, y1: 1,
        line: { color: colour.accent, width: 2 } }],
    }),
  };
  const dress = (trace, colour) => {
    if (trace.meta === "best") {
      return { ...trace, line: { ...trace.line, color: colour.ink }, marker: { ...trace.marker, color: colour.ink } };
    }
    if (typeof trace.meta === "string" && trace.meta.startsWith("interval ")) {
      return { ...trace, visible: trace.meta === `interval ${interval.value}` };
    }
    return trace;
  };
  const draw = (div) => {
    const name = div.id === "mix" ? `mix-${measure.value}` : div.id;
    Charts.draw(div, Charts.figures[name], dress, marks[div.id]);
  };
  const again = Charts.keepDrawn(draw);
  const chart = (id) => document.getElementById(id);

  const words = (mix) => Object.entries(mix).map(([kind, images]) => `${number(images, 0)} ${kind}`).join(" + ") || "nothing";
  const row = (choice, index) => {
    const expected = choice.predicted_miou;
    const images = Object.values(choice.mix).reduce((sum, count) => sum + count, 0);
    return Charts.row([
      cell("th", choice.name),
      cell("td", expected ? number(expected.mean, 1) : "not known", "number", index === 0),
      cell("td", expected ? `${number(expected.low, 1)} to ${number(expected.high, 1)}` : "-", "number"),
      cell("td", number(choice.hours, 1), "number"),
      cell("td", number(images, 0), "number"),
      cell("td", words(choice.mix)),
    ]);
  };
  const follow = () => {
    const text = budgets[place()];
    now.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    body.replaceChildren(...steps[place()].choices.map(row));
    ["frontier", "mix"].forEach((id) => again(chart(id)));
  };

  Charts.showControls();
  Charts.offerTables();
  slider.addEventListener("input", follow);
  interval.addEventListener("change", () => again(chart("frontier")));
  measure.addEventListener("change", () => again(chart("mix")));
})();

(() => {
  const { number, cell, label } = Charts;
  const { comparisons } = Charts.read("budgetseg-data");
  const MEASURES = ["hours", "money", "images"];
  const TICKS = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

  // What the reader has chosen, by comparison.
  const chosen = comparisons.map((one, index) => ({
    place: one.given, measure: "hours", scale: "log", spread: "bars",
    reference: document.querySelector(`[data-reference="frontier-${index}"]`)?.checked ?? false,
    kinds: new Set(), layers: new Set(["front", "planner"]), // kinds: those that are hidden
  }));
  const step = (index) => comparisons[index].steps[chosen[index].place];

  const along = (trace, measure) => ({ ...trace, x: trace.customdata.map((row) => row[MEASURES.indexOf(measure)]) });
  const roles = {
    series: (trace, state) => {
      const made = { ...along(trace, state.measure), error_y: { ...trace.error_y, visible: state.spread === "bars" } };
      return trace.meta.kinds.some((kind) => state.kinds.has(kind)) ? { ...made, visible: false } : made;
    },
    runs: (trace, state) => ({
      ...along(trace, state.measure), visible: state.spread === "runs" && !trace.meta.kinds.some((kind) => state.kinds.has(kind)),
    }),
    front: (trace, state, colour) => ({
      ...trace, visible: state.layers.has("front") && trace.meta.measure === state.measure,
      line: { ...trace.line, color: colour.line }, marker: { ...trace.marker, color: colour.muted, line: { width: 1.5, color: colour.muted } },
    }),
    planner: (trace, state, colour) => ({
      ...along(trace, state.measure), visible: state.layers.has("planner"), line: { ...trace.line, color: colour.ink },
    }),
    band: (trace, state) => ({
      ...along(trace, state.measure), visible: state.layers.has("planner"), fillcolor: "rgba(128,128,128,0.16)",
    }),
  };
  const dressFrontier = (state) => (trace, colour, narrow) => {
    if (trace.meta === "reference") {
      const marker = { ...trace.marker, color: colour.muted, line: { ...trace.marker.line, color: colour.muted } };
      const name = narrow ? trace.name.replaceAll(/[:,] /g, (mark) => `${mark.trim()}<br>`) : trace.name;
      return { ...trace, name, marker, visible: state.reference && state.measure === "hours" };
    }
    return roles[trace.meta.role](trace, state, colour);
  };

  // Hours, or the money that they are where every hour costs the same.
  const budgetAt = (index) => {
    const { flat } = comparisons[index].pay;
    const { measure } = chosen[index];
    return measure === "hours" ? step(index).hours : measure === "money" && flat !== null ? step(index).hours * flat : null;
  };
  const frontierLayout = (index, layout) => (colour) => {
    const { measure, scale } = chosen[index];
    const what = { hours: "annotation hours", money: `money for annotation, ${label(comparisons[index].pay.currency)}`, images: "annotated images" };
    const log = { tickvals: TICKS, ticktext: TICKS.map((tick) => (tick < 1 ? String(tick) : number(tick, 0))) };
    const at = budgetAt(index);
    const { tickvals, ticktext, ...rest } = layout.xaxis;
    return {
      xaxis: {
        ...rest, type: scale, uirevision: `${measure} ${scale}`, ...(scale === "log" ? log : { rangemode: "tozero" }),
        title: { text: scale === "log" ? `${what[measure]} (log scale)` : what[measure] },
      },
      shapes: at === null ? [] : [{ type: "line", xref: "x", yref: "paper", x0: at, x1: at, y0: 0, y1: 1, line: { color: colour.accent, width: 2 } }],
    };
  };

  const heat = (index) => (trace) => {
    const { readings } = step(index);
    const classes = comparisons[index].setting.classes;
    return { ...trace, x: readings.map((one) => label(one.series)), z: classes.map((_, row) => readings.map((one) => one.iou[row])) };
  };

  const side = (index, which) => {
    const picked = document.querySelector(`[data-${which}="${index}"]`).value;
    return step(index).readings.find((one) => one.series === picked);
  };
  const differences = (index) => {
    const [first, second] = [side(index, "first"), side(index, "second")];
    return comparisons[index].setting.classes.map((name, row) => {
      const [one, other] = [first, second].map((reading) => (reading ? reading.iou[row] : null));
      const known = typeof one === "number" && typeof other === "number";
      const noise = [first, second].map((reading) => (reading ? reading.deviation[row] : null));
      const spread = noise.every((value) => typeof value === "number") ? Math.hypot(...noise) : null;
      return { name, one, other, difference: known ? one - other : null, spread: known ? spread : null };
    });
  };
  const compare = (index) => (trace, colour) => {
    const rows = differences(index);
    const looks = (reading) => Charts.figures[`frontier-${index}`].data.find((one) => reading && one.name === label(reading.series));
    const tint = (reading) => (looks(reading) ? looks(reading).marker.color : colour.muted);
    const [first, second] = [tint(side(index, "first")), tint(side(index, "second"))];
    return {
      ...trace,
      x: rows.map((one) => one.difference),
      error_x: { ...trace.error_x, array: rows.map((one) => one.spread ?? 0) },
      marker: { ...trace.marker, color: rows.map((one) => (one.difference >= 0 ? first : second)) },
    };
  };

  const drawers = {
    frontier: (div, index) => Charts.draw(div, Charts.figures[div.id], dressFrontier(chosen[index]), frontierLayout(index, Charts.figures[div.id].layout)),
    classes: (div, index) => Charts.draw(div, Charts.figures[div.id], heat(index)),
    hours: (div) => Charts.draw(div, Charts.figures[div.id], (trace, _, narrow) =>
      (narrow ? { ...trace, y: trace.y.map((name) => name.replace(/^(.*? h), /, "$1<br>")) } : trace)),
    difference: (div, index) => Charts.draw(div, Charts.figures[div.id], compare(index)),
    calibration: (div) => Charts.draw(div, Charts.figures[div.id], (trace, colour) =>
      (trace.meta === "diagonal" ? { ...trace, line: { ...trace.line, color: colour.muted } } : trace)),
  };
  const again = Charts.keepDrawn((div) => {
    const [, name, index] = /^(.*)-(\d+)$/.exec(div.id);
    (drawers[name] ?? ((one) => Charts.draw(one, Charts.figures[one.id])))(div, Number(index));
  });
  const redraw = (index, ...names) => {
    for (const name of names) {
      const div = document.getElementById(`${name}-${index}`);
      if (div) again(div);
    }
  };

  // The table at the slider's budget, as the page was written for its first one.
  const span = (low, high) => (low === null ? "-" : `${number(low, 1)} to ${number(high, 1)}`);
  const fill = (index) => {
    const { readings, hours } = step(index);
    const rows = readings.map((one, place) => Charts.row([
      cell("th", one.series), cell("td", number(one.miou, 1), "number", place === 0), cell("td", span(one.low, one.high), "number"),
      cell("td", one.worst ? `${one.worst[0]} ${number(one.worst[1], 1)}` : "-"), cell("td", number(one.hours, 2), "number"),
      cell("td", one.basis), cell("td", one.bought),
    ]));
    const planned = comparisons[index].planned.find((one) => one.hours === hours);
    if (planned) {
      const { mean, low, high } = planned.expected;
      const words = Object.entries(planned.mix).map(([kind, images]) => `${number(images, 0)} ${kind}`).join(" + ") || "nothing";
      rows.push(Charts.row([
        cell("th", "planner: best mix"), cell("td", number(mean, 1), "number"), cell("td", span(low, high), "number"), cell("td", "-"),
        cell("td", number(planned.spent, 2), "number"), cell("td", planned.basis), cell("td", words),
      ]));
    }
    document.querySelector(`#choices-${index} tbody`).replaceChildren(...rows);
  };
  const fillPairs = (index) => {
    const place = document.getElementById(`pairs-${index}`);
    if (!place) return;
    const names = ["first", "second"].map((which) => document.querySelector(`[data-${which}="${index}"]`).value);
    const shown = (value, digits = 1) => (typeof value === "number" ? number(value, digits) : "-");
    const table = document.createElement("table");
    const caption = table.createCaption();
    caption.textContent = `IoU of ${names.join(" less ")} at ${document.getElementById(`budget-${index}-now`).textContent}`;
    const head = table.createTHead();
    head.append(Charts.row(["class", ...names, "difference", "one standard deviation"].map((text, column) => {
      const made = cell("th", text, column ? "number" : "");
      made.scope = "col";
      return made;
    })));
    table.createTBody().append(...differences(index).map((one) => Charts.row([
      cell("th", one.name),
      ...[one.one, one.other, one.difference, one.spread].map((value) => cell("td", shown(value), "number")),
    ])));
    place.replaceChildren(table);
  };

  const each = (attribute, event, react) => {
    for (const control of document.querySelectorAll(`[data-${attribute}]`)) control.addEventListener(event, () => react(control));
  };
  each("kind", "change", ({ dataset, checked }) => {
    chosen[dataset.of].kinds[checked ? "delete" : "add"](dataset.kind);
    redraw(dataset.of, "frontier");
  });
  each("layer", "change", ({ dataset, checked }) => {
    chosen[dataset.of].layers[checked ? "add" : "delete"](dataset.layer);
    redraw(dataset.of, "frontier");
  });
  each("reference", "change", ({ dataset, checked }) => {
    const index = dataset.reference.split("-")[1];
    chosen[index].reference = checked;
    redraw(index, "frontier");
  });
  for (const name of ["measure", "scale", "spread"]) {
    each(name, "change", ({ dataset, value }) => {
      chosen[dataset[name]][name] = value;
      redraw(dataset[name], "frontier");
    });
  }
  for (const which of ["first", "second"]) {
    each(which, "change", ({ dataset }) => {
      redraw(dataset[which], "difference");
      fillPairs(dataset[which]);
    });
  }
  comparisons.forEach((_, index) => {
    const slider = document.getElementById(`budget-${index}`);
    const now = document.getElementById(`budget-${index}-now`);
    const words = slider.dataset.words.split("|");
    slider.addEventListener("input", () => {
      chosen[index].place = Number(slider.value);
      now.textContent = words[chosen[index].place];
      slider.setAttribute("aria-valuetext", now.textContent);
      fill(index);
      fillPairs(index);
      redraw(index, "frontier", "classes", "difference");
    });
    fillPairs(index);
  });

  const columns = ["series", "strategy", "mix", "budget_hours", "hours", "miou", "low", "high", "spread", "seeds", "miou_by_seed", "money", "pareto", "runs", "command"];
  each("csv", "click", ({ dataset }) => {
    const flat = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : value);
    const points = comparisons[dataset.csv].frontier;
    Charts.save(`frontier-${Number(dataset.csv) + 1}.csv`, [columns, ...points.map((point) => columns.map((name) => flat(point[name])))]);
  });
  Charts.showControls();
  Charts.offerTables();
})();

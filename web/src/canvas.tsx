// Graphs of thousands of boxes: in layers by who waits for whom, on a canvas that paints what is in view.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Graph, TONES } from "./picture";

const W = 150, H = 30, GAPX = 18, GAPY = 46;

interface Spot { x: number; y: number; index: number }

function place(graph: Graph): { spots: Map<string, Spot>; rows: Spot[][] } {
  const waits = new Map<string, string[]>();
  const into = new Map<string, number>();
  const known = new Set(graph.boxes.map((box) => box.address));
  for (const arrow of graph.arrows) {
    if (!known.has(arrow.source) || !known.has(arrow.target)) continue;
    (waits.get(arrow.source) ?? waits.set(arrow.source, []).get(arrow.source)!).push(arrow.target);
    into.set(arrow.target, (into.get(arrow.target) ?? 0) + 1);
  }
  const layer = new Map<string, number>();
  const ready = graph.boxes.filter((box) => !into.get(box.address)).map((box) => box.address);
  for (let at = 0; at < ready.length; at++) {
    for (const next of waits.get(ready[at]) ?? []) {
      layer.set(next, Math.max(layer.get(next) ?? 0, (layer.get(ready[at]) ?? 0) + 1));
      into.set(next, into.get(next)! - 1);
      if (!into.get(next)) ready.push(next);
    }
  }
  const spots = new Map<string, Spot>();
  const rows: Spot[][] = [];
  graph.boxes.forEach((box, index) => {
    const row = layer.get(box.address) ?? 0;
    const list = (rows[row] ??= []);
    const spot = { x: list.length * (W + GAPX), y: row * (H + GAPY), index };
    list.push(spot);
    spots.set(box.address, spot);
  });
  return { spots, rows };
}

export function BigGraph({ graph, choose }: { graph: Graph; choose: (address: string) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { spots, rows } = useMemo(() => place(graph), [graph]);
  const [view, setView] = useState({ x: -20, y: -20, zoom: 1 });
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  useEffect(() => {
    const surface = canvas.current!;
    const pen = surface.getContext("2d")!;
    const style = getComputedStyle(surface);
    const colour = (name: string) => style.getPropertyValue(name);
    const scale = devicePixelRatio;
    const width = surface.clientWidth, height = surface.clientHeight;
    surface.width = width * scale; surface.height = height * scale;
    pen.setTransform(scale * view.zoom, 0, 0, scale * view.zoom, -view.x * scale * view.zoom, -view.y * scale * view.zoom);
    const right = view.x + width / view.zoom, bottom = view.y + height / view.zoom;
    pen.strokeStyle = colour("--line"); pen.lineWidth = 1; pen.beginPath();
    let painted = 0;
    for (const arrow of graph.arrows) {
      const a = spots.get(arrow.source), b = spots.get(arrow.target);
      if (!a || !b || (a.y > bottom && b.y > bottom) || (a.y + H < view.y && b.y + H < view.y) || (a.x > right && b.x > right) || (a.x + W < view.x && b.x + W < view.x)) continue;
      if (++painted > 20000) break;
      pen.moveTo(a.x + W / 2, a.y + H); pen.lineTo(b.x + W / 2, b.y);
    }
    pen.stroke();
    pen.font = "12px ui-monospace, monospace"; pen.textBaseline = "middle";
    for (const row of rows) {
      if (!row || row[0].y > bottom || row[0].y + H < view.y) continue;
      const first = Math.max(0, Math.floor((view.x - W) / (W + GAPX))), last = Math.ceil(right / (W + GAPX));
      for (const spot of row.slice(first, last + 1)) {
        const box = graph.boxes[spot.index];
        const tone = TONES[box.state] ?? "none";
        pen.fillStyle = colour(`--${tone}`); pen.strokeStyle = colour(`--${tone}-line`);
        pen.fillRect(spot.x, spot.y, W, H); pen.strokeRect(spot.x, spot.y, W, H);
        if (view.zoom > 0.35) { pen.fillStyle = colour("--text"); pen.fillText(box.label.slice(0, 19), spot.x + 7, spot.y + H / 2); }
      }
    }
  }, [graph, view]);
  const zoom = (factor: number) => setView((old) => ({ ...old, zoom: Math.min(2, Math.max(0.02, old.zoom * factor)) }));
  const key = (event: KeyboardEvent) => {
    const step: Record<string, [number, number]> = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] };
    if (event.key in step) { setView((old) => ({ ...old, x: old.x + step[event.key][0] / old.zoom, y: old.y + step[event.key][1] / old.zoom })); event.preventDefault(); }
    if (event.key === "+") zoom(1.25);
    if (event.key === "-") zoom(0.8);
  };
  return (
    <div class="big">
      <p class="dim">{graph.boxes.length.toLocaleString("en")} boxes in layers. Drag or use the arrow keys to move, + and − to zoom. The timeline lists the same nodes.</p>
      <canvas ref={canvas} tabIndex={0} role="img" aria-label={`Graph of ${graph.title}`} onKeyDown={key}
        onWheel={(event) => { event.preventDefault(); zoom(event.deltaY < 0 ? 1.15 : 0.87); }}
        onPointerDown={(event) => { drag.current = { x: event.clientX, y: event.clientY, moved: false }; }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from) return;
          const dx = event.clientX - from.x, dy = event.clientY - from.y;
          drag.current = { x: event.clientX, y: event.clientY, moved: from.moved || Math.abs(dx) + Math.abs(dy) > 2 };
          setView((old) => ({ ...old, x: old.x - dx / old.zoom, y: old.y - dy / old.zoom }));
        }}
        onPointerUp={(event) => {
          const moved = drag.current?.moved;
          drag.current = null;
          if (moved) return;
          const place = canvas.current!.getBoundingClientRect();
          const x = (event.clientX - place.left) / view.zoom + view.x, y = (event.clientY - place.top) / view.zoom + view.y;
          const hit = rows[Math.floor(y / (H + GAPY))]?.[Math.floor(x / (W + GAPX))];
          if (hit && x <= hit.x + W && y <= hit.y + H) choose(graph.boxes[hit.index].address);
        }} />
    </div>
  );
}

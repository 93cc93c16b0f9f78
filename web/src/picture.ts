// One drawing for the command line, for notebooks and for the page: a graph is laid out by ELK and written as SVG text.
import ELK from "elkjs/lib/elk.bundled.js";

export interface Box {
  address: string; parent: string; label: string; kind: string; entity: string; caption: string; state: string;
}
export interface Arrow { source: string; target: string; label: string }
export interface Graph { title: string; boxes: Box[]; arrows: Arrow[] }

const WIDE = 7.3; // a character of the 12 px monospaced font
const SMALL = 6.1; // of the 10 px one
const LONGEST = 40; // characters of one line of a label or name; the rest is in the title
const TOP = { "elk.alignment": "TOP" }; // a low box beside a high one stands where its layer begins, not in its middle
const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
  "elk.json.edgeCoords": "ROOT",
  "elk.json.shapeCoords": "ROOT",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.spacing.nodeNode": "28",
  "elk.spacing.edgeLabel": "4",
  "elk.layered.spacing.nodeNodeBetweenLayers": "24",
  "elk.layered.spacing.edgeNodeBetweenLayers": "14",
  "elk.edgeLabels.inline": "false",
  "elk.layered.mergeEdges": "true", // one trunk for all arrows of a box, where each had a line of its own
  "elk.layered.mergeHierarchyEdges": "true",
  "elk.padding": "[top=14,left=14,bottom=14,right=14]",
};

export function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/'/g, "&#39;");
}

interface Placed { id: string; x?: number; y?: number; width?: number; height?: number; children?: Placed[];
  layoutOptions?: Record<string, string>; box?: Box }

function short(text: string): string {
  return text.length > LONGEST ? text.slice(0, LONGEST - 1) + "\u2026" : text;
}

function width(box: Box): number {
  return Math.max(72, short(box.label).length * WIDE + 28, box.caption.length * SMALL + 28);
}

export async function layOut(graph: Graph): Promise<{ root: any; boxes: Map<string, Placed> }> {
  const placed = new Map<string, Placed>();
  const root: Placed = { id: "(root)", children: [], layoutOptions: OPTIONS };
  graph.boxes.forEach((box, index) => placed.set(box.address, { id: `b${index}`, box, children: [] }));
  for (const box of graph.boxes) (placed.get(box.parent) ?? root).children!.push(placed.get(box.address)!);
  for (const item of placed.values()) {
    if (item.children!.length) {
      item.layoutOptions = holding(item.box!, 16);
    } else {
      item.layoutOptions = TOP;
      item.width = width(item.box!);
      item.height = item.box!.caption ? 46 : 32;
    }
  }
  const edges = graph.arrows
    .filter((arrow) => placed.has(arrow.source) && placed.has(arrow.target))
    .map((arrow, index) => {
      const lines = arrow.label ? arrow.label.split("\n").map(short) : [];
      const labels = lines.length
        ? [{ text: lines.join("\n"), whole: arrow.label, width: Math.max(...lines.map((line) => line.length)) * SMALL + 6, height: lines.length * 13 }]
        : [];
      return { id: `e${index}`, sources: [placed.get(arrow.source)!.id], targets: [placed.get(arrow.target)!.id], labels };
    });
  // ELK makes a box that holds others as wide as those need: where its own name needs more, the sides are given more room.
  const graphOf = () => ({ ...root, children: root.children!.map(copied), edges: edges.map((edge) => ({ ...edge, labels: edge.labels.map((label) => ({ ...label })) })) });
  let done: any = await new ELK().layout(graphOf() as any);
  const narrow = holders(done).filter((item) => item.width < width(item.box) - 1);
  for (const { box, width: drawn } of narrow) placed.get(box.address)!.layoutOptions = holding(box, 16 + (width(box) - drawn) / 2);
  if (narrow.length) done = await new ELK().layout(graphOf() as any);
  return { root: done, boxes: placed };
}

function holding(box: Box, side: number): Record<string, string> {
  return { ...TOP, "elk.padding": `[top=${box.caption ? 48 : 34},left=${side},bottom=16,right=${side}]` };
}

function copied(item: Placed): Placed {
  return { ...item, children: item.children!.map(copied) };
}

function holders(item: any): any[] {
  const below = (item.children ?? []).flatMap(holders);
  return item.box && item.children?.length ? [item, ...below] : below;
}

const STYLE = `
text{font-family:"DejaVu Sans Mono",ui-monospace,Menlo,Consolas,monospace;font-size:12px;fill:#1c2430}
.c{font-size:10px;fill:#4a5361}.b{fill:#fff;stroke:#6b7480;stroke-width:1.2}.h{fill:#f7f8fa}.e{fill:none;stroke:#7a838f;stroke-width:1.2}
.l{font-size:10px;fill:#4a5361;text-anchor:middle}.head{fill:#7a838f}.io{fill:#eef1f5;stroke:#9aa3ae}
.failk{stroke-dasharray:4 3}.gate{stroke-width:2}.second{fill:none;stroke:#6b7480}
.good{fill:#d7f2df;stroke:#1d7a3e}.bad{fill:#fbdcd9;stroke:#b3261e;stroke-width:2}.busy{fill:#d9e8fc;stroke:#1a5fb4;stroke-width:2}
.h.good,.h.bad,.h.busy,.h.wait,.h.none{fill:#f7f8fa}.wait{fill:#fdeccb;stroke:#8a5300}.none{fill:#f6f6f7;stroke:#9aa3ae;stroke-dasharray:4 3}`;

export const TONES: Record<string, string> = {
  SUCCEEDED: "good", CACHED: "good", RECOVERED: "good", FAILED: "bad", TIMED_OUT: "bad", ABORTED: "bad",
  RUNNING: "busy", RETRYING: "wait", WAITING: "wait", QUEUED: "none", SKIPPED: "none", "NOT STARTED": "none",
};

function shape(item: any, box: Box, holder: boolean): string {
  const { x, y, width: w, height: h } = item;
  const end = box.kind === "inputs" || box.kind === "outputs";
  const tone = end ? "io" : `${holder ? "h " : ""}${TONES[box.state] ?? ""}`;
  const round = end ? h / 2 : box.kind === "gate" ? 2 : 6;
  const extra = box.kind === "fail" ? " failk" : box.kind === "gate" ? " gate" : "";
  const back = box.kind === "array" && !holder
    ? `<rect class="b ${tone}" x="${x + 5}" y="${y - 5}" width="${w}" height="${h}" rx="${round}"/>` : "";
  const second = (box.kind === "workflow" || box.kind === "plan") && !holder
    ? `<rect class="second" x="${x + 4}" y="${y + 4}" width="${w - 8}" height="${h - 8}" rx="3"/>` : "";
  return `${back}<rect class="b ${tone}${extra}" x="${x}" y="${y}" width="${w}" height="${h}" rx="${round}"/>${second}`;
}

function words(item: any, box: Box, holder: boolean): string {
  const middle = item.x + item.width / 2;
  const top = holder ? item.y + 20 : item.y + (box.caption ? 19 : item.height / 2 + 4);
  const at = `x="${middle}" text-anchor="middle"`;
  const caption = box.caption ? `<text class="c" ${at} y="${top + 15}">${escaped(box.caption)}</text>` : "";
  return `<text ${at} y="${top}">${escaped(short(box.label))}</text>${caption}`;
}

function path(section: any): string {
  const points = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  return points.map((p: any, i: number) => `${i ? "L" : "M"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("");
}

function arrowHead(section: any): string {
  const from = (section.bendPoints ?? []).at(-1) ?? section.startPoint;
  const to = section.endPoint;
  const turn = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return `<path class="head" d="M0 0L-7 3.5L-7 -3.5Z" transform="translate(${to.x.toFixed(1)} ${to.y.toFixed(1)}) rotate(${turn.toFixed(1)})"/>`;
}

/** The picture as SVG text. With `plain`, without colours of its own: the page around it has them. */
export async function drawSvg(graph: Graph, plain = false): Promise<string> {
  const { root } = await layOut(graph);
  const parts: string[] = [];
  const late: string[] = [];
  const visit = (item: any) => {
    const box: Box | undefined = item.box;
    if (box) {
      const holder = (item.children ?? []).length > 0;
      const named = plain ? ` role="button" tabindex="0" data-at="${escaped(box.address)}" aria-label="${escaped(`${box.label} ${box.caption}`)}"` : "";
      parts.push(`<g class="node"${named}><title>${escaped(box.entity || box.label)}</title>${shape(item, box, holder)}${words(item, box, holder)}</g>`);
    }
    for (const child of item.children ?? []) visit(child);
    for (const edge of item.edges ?? []) {
      for (const section of edge.sections ?? []) late.push(`<path class="e" d="${path(section)}"/>${arrowHead(section)}`);
      for (const label of edge.labels ?? []) {
        label.text.split("\n").forEach((line: string, index: number) => late.push(
          `<text class="l" x="${(label.x + label.width / 2).toFixed(1)}" y="${(label.y + 10 + index * 13).toFixed(1)}">${label.whole === label.text ? "" : `<title>${escaped(label.whole)}</title>`}${escaped(line)}</text>`));
      }
    }
  };
  visit(root);
  const w = Math.ceil(root.width), h = Math.ceil(root.height);
  const ground = plain ? "" : `<style>${STYLE}</style><rect width="${w}" height="${h}" fill="#fff"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="${plain ? "group" : "img"}" aria-label="${escaped(graph.title)}">${ground}${parts.join("")}${late.join("")}</svg>`;
}

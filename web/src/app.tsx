// The page: one run or bundle out of the data in it, or, served by `drawloom ui`, every run of this machine.
import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Graph, drawSvg, TONES } from "./picture";
import { BigGraph } from "./canvas";
import { Values, Shown } from "./values";

interface Attempt { number: number; started: number; ended: number; state: string; detail: string }
export interface Node { address: string; entity: string; name: string; state: string; started: number; ended: number | null;
  detail: string; caller: string; group: string; attempts: Attempt[] }
interface NodeValues { inputs: Record<string, Shown>; outputs: Record<string, Shown> }
interface Run { kind: string; name: string; entity: string; state: string; started: number; ended: number | null; detail: string;
  nodes: Node[]; pictures: Graph[]; inputs: Record<string, Shown>; outputs: Record<string, Shown>; trail: string[];
  resume: { needed: boolean; kept: number; again: string[]; command: string }; decks: { name: string; html: string }[];
  values?: Record<string, NodeValues> }
interface Summary { name: string; kind: string; entity: string; state: string; started: number; ended: number | null; detail: string }
interface Data { mode: "page" | "ui"; token?: string; document?: any }

const data: Data = JSON.parse(document.getElementById("data")!.textContent!);
const BIG = 400; // boxes that ELK lays out while somebody waits
const ROW = 26;
const LIVE = 1000;
const NARROW = 800; // pixels up to which everything stands below each other, as in app.css

async function ask(path: string): Promise<any> {
  const answer = await fetch(path, { headers: { "X-Drawloom-Token": data.token! } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? answer.statusText);
  return body;
}

export function time(seconds: number | null | undefined): string {
  if (seconds == null) return "";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
const date = (seconds: number) => new Date(seconds * 1000).toLocaleString();
const took = (item: { started: number; ended: number | null }) => (item.ended ? item.ended - item.started : null);
const State = ({ state }: { state: string }) => <span class={`state ${TONES[state] ?? "none"}`}>{state.toLowerCase().replace("_", " ")}</span>;

/** A long list of rows of one height: only those in view exist. */
function Rows<T>(props: { items: T[]; label: string; selected: number; select: (index: number) => void; row: (item: T) => any; open?: () => void; keyOf: (item: T) => string }) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const { items, selected, select } = props;
  useEffect(() => {
    const watch = new ResizeObserver(() => box.current && setHeight(box.current.clientHeight));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const list = box.current!;
    if (selected < 0) return;
    const at = selected * ROW;
    if (at < list.scrollTop) list.scrollTop = at;
    else if (at + ROW > list.scrollTop + list.clientHeight) list.scrollTop = at + ROW - list.clientHeight;
  }, [selected]);
  const first = Math.max(0, Math.floor(top / ROW) - 5);
  const last = Math.min(items.length, Math.ceil((top + height) / ROW) + 5);
  const key = (event: KeyboardEvent) => {
    const step: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 20, PageUp: -20, Home: -items.length, End: items.length };
    if (event.key in step) {
      select(Math.min(items.length - 1, Math.max(0, selected + step[event.key])));
      event.preventDefault();
    } else if (event.key === "Enter" && selected >= 0) props.open?.();
  };
  return (
    <div class="rows" ref={box} role="listbox" aria-label={props.label} tabIndex={0} onKeyDown={key}
      aria-activedescendant={selected >= first && selected < last ? `${props.label}-${selected}` : undefined}
      onScroll={(event) => setTop((event.target as HTMLElement).scrollTop)}>
      <div role="presentation" style={{ height: `${items.length * ROW}px`, position: "relative" }}>
        {items.slice(first, last).map((item, index) => {
          const at = first + index;
          return (
            <div key={props.keyOf(item)} id={`${props.label}-${at}`} role="option" aria-selected={at === selected} class={at === selected ? "row on" : "row"}
              style={{ top: `${at * ROW}px` }} onClick={() => select(at)} onDblClick={() => props.open?.()}>{props.row(item)}</div>
          );
        })}
      </div>
    </div>
  );
}

const SMALLEST = 0.7; // of its size: in smaller writing nobody reads the names

/** A drawing that is a little too wide for its place is made smaller; one that is much too wide is scrolled. */
function fitted(svg: string, place: number): string {
  const [, w, h] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  if (!w || !place || +w <= place - 20) return svg;
  const scale = Math.max(SMALLEST, (place - 20) / +w);
  if (scale === SMALLEST) return svg;
  return svg.replace(/width="\d+" height="\d+"/, `width="${Math.floor(+w * scale)}" height="${Math.floor(+h * scale)}"`);
}

function Picture({ graph, choose }: { graph: Graph; choose: (address: string) => void }) {
  const [svg, setSvg] = useState("");
  const frame = useRef<HTMLDivElement>(null);
  const big = graph.boxes.length > BIG;
  useEffect(() => {
    let live = true;
    if (!big) drawSvg(graph, true).then((text) => live && setSvg(fitted(text, frame.current?.clientWidth ?? 0)));
    return () => { live = false; };
  }, [JSON.stringify(graph)]);
  useEffect(() => {
    // What is wider than its place is first seen where it begins: at the inputs.
    const box = frame.current, first = box?.querySelector("rect.io")?.getBoundingClientRect();
    if (box && first) box.scrollLeft += first.left + first.width / 2 - box.getBoundingClientRect().left - box.clientWidth / 2;
  }, [svg]);
  if (big) return <BigGraph graph={graph} choose={choose} />;
  const pick = (event: Event) => {
    const box = (event.target as Element).closest("[data-at]");
    if (box && (event.type === "click" || ["Enter", " "].includes((event as KeyboardEvent).key))) choose(box.getAttribute("data-at")!);
  };
  return <div class="picture" ref={frame} tabIndex={0} role="region" aria-label="Graph" onClick={pick} onKeyDown={pick} dangerouslySetInnerHTML={{ __html: svg }} />;
}

function Inspector({ run, node, load }: { run: Run; node: Node; load: (address: string) => Promise<NodeValues> }) {
  const [values, setValues] = useState<NodeValues | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setValues(null); setProblem("");
    let live = true;
    load(node.address).then((found) => live && setValues(found), (error) => live && setProblem(String(error.message ?? error)));
    return () => { live = false; };
  }, [run.name, node.address, node.state]);
  return (
    <aside class="inspector" aria-label="Node" tabIndex={0}>
      <h2>{node.name || node.address} <State state={node.state} /></h2>
      <dl>
        <dt>node</dt><dd>{node.address}</dd>
        {node.entity && <><dt>entity</dt><dd>{node.entity}</dd></>}
        {node.caller && <><dt>called by</dt><dd>{node.caller}</dd></>}
        {node.group && <><dt>group</dt><dd>{node.group}</dd></>}
        <dt>started</dt><dd>{date(node.started)}</dd>
        {node.ended && <><dt>took</dt><dd>{time(took(node))}</dd></>}
      </dl>
      {node.detail && <pre class="error">{node.detail}</pre>}
      {node.attempts.length > 1 && <>
        <h3>Attempts</h3>
        <ol>{node.attempts.map((each) => <li key={each.number}><State state={each.state} /> {each.ended && each.started ? time(each.ended - each.started) : ""} {each.detail && <pre class="error">{each.detail}</pre>}</li>)}</ol>
      </>}
      {problem && <p class="error">{problem}</p>}
      {values && <><Values title="Inputs" values={values.inputs} /><Values title="Outputs" values={values.outputs} /></>}
    </aside>
  );
}

function RunView({ run, load }: { run: Run; load: (address: string) => Promise<NodeValues> }) {
  const [tab, setTab] = useState(run.pictures.length ? "graph" : "timeline");
  const [chosen, setChosen] = useState("");
  const [text, setText] = useState("");
  const [state, setState] = useState("");
  const filter = useRef<HTMLInputElement>(null);
  const words = useMemo(() => run.nodes.map((node) => `${node.address} ${node.entity} ${node.group} ${node.detail}`.toLowerCase()), [run.nodes]);
  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return run.nodes.filter((node, index) => (!state || node.state === state) && words[index].includes(wanted));
  }, [run.nodes, words, text, state]);
  /** Open the inspector of a box; it takes room of the graph, or stands below it, so both are moved into view. */
  const choose = (address: string) => {
    setChosen(address);
    setTimeout(() => {
      if (innerWidth <= NARROW) document.querySelector(".inspector")?.scrollIntoView({ block: "nearest" });
      else document.querySelector(`.picture [data-at="${CSS.escape(address)}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  };
  const node = run.nodes.find((each) => each.address === chosen);
  const begin = run.started;
  const end = Math.max(run.ended ?? 0, begin + 1e-6, run.nodes.reduce((most, each) => Math.max(most, each.ended ?? each.started), 0));
  const states = [...new Set(run.nodes.map((each) => each.state))].sort();
  const tabs = [...(run.pictures.length ? ["graph"] : []), "timeline", "values", ...(run.decks.length ? ["decks"] : [])];
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test((event.target as Element).tagName);
      if (event.key === "Escape") { setChosen(""); (document.activeElement as HTMLElement)?.blur?.(); }
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/") { filter.current?.focus(); event.preventDefault(); }
      const at = "1234".indexOf(event.key);
      if (at >= 0 && tabs[at]) setTab(tabs[at]);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  });
  return (
    <section class="run">
      <header><h1>{run.name}</h1> <State state={run.state} /> <span class="dim">{run.entity} · {date(run.started)} {run.ended ? `· ${time(took(run))}` : ""}</span></header>
      {run.detail && <div class="failure"><pre class="error">{run.detail}</pre>{run.trail.length > 0 && <ol>{run.trail.map((step) => <li key={step}>in {step}</li>)}</ol>}</div>}
      {run.resume.needed && <details><summary>What a resume would do</summary><p><code>{run.resume.command}</code> takes the results of {run.resume.kept} nodes from the record and runs the rest{run.resume.again.length > 0 && <>, these among it: {run.resume.again.slice(0, 20).join(", ")}</>}.</p></details>}
      <nav role="tablist" aria-label="Views">{tabs.map((each, index) => <button key={each} role="tab" aria-selected={tab === each} onClick={() => setTab(each)} title={`key ${index + 1}`}>{each}</button>)}</nav>
          <div class="filters">
            <label>Filter <input ref={filter} value={text} placeholder="node, entity or error ( / )" onFocus={() => setTab("timeline")} onInput={(event) => setText((event.target as HTMLInputElement).value)} /></label>
            <label>State <select value={state} onChange={(event) => setState((event.target as HTMLSelectElement).value)}><option value="">all</option>{states.map((each) => <option key={each} value={each}>{each.toLowerCase()}</option>)}</select></label>
            <span class="dim" role="status">{shown.length.toLocaleString("en")} of {run.nodes.length.toLocaleString("en")} nodes</span>
          </div>
      <div class="body" role="tabpanel" aria-label={tab}>
        {tab === "graph" && run.pictures.map((each) => <Picture key={each.title} graph={each} choose={choose} />)}
        {tab === "timeline" && <div class="timeline">
          <Rows items={shown} label="nodes" keyOf={(each) => each.address} selected={shown.findIndex((each) => each.address === chosen)} select={(index) => setChosen(shown[index].address)}
            row={(each) => <>
              <span class="address" title={each.entity}>{each.address} <b>{each.name}</b></span><State state={each.state} /><span class="took">{time(took(each))}</span>
              <span class="track"><span class={`bar ${TONES[each.state] ?? "none"}`} style={{ left: `${((each.started - begin) / (end - begin)) * 100}%`, width: `${Math.max(0.3, (((each.ended ?? end) - each.started) / (end - begin)) * 100)}%` }} /></span>
            </>} />
        </div>}
        {tab === "values" && <div class="both" tabIndex={0} role="region" aria-label="Inputs and outputs"><Values title="Inputs" values={run.inputs} /><Values title="Outputs" values={run.outputs} /></div>}
        {tab === "decks" && <div class="decks">{run.decks.map((deck) => <figure key={deck.name}><figcaption>{deck.name}</figcaption><iframe sandbox="" srcDoc={deck.html} title={`Deck of ${deck.name}`} /></figure>)}</div>}
        {node && <Inspector run={run} node={node} load={load} />}
      </div>
    </section>
  );
}

function Bundle({ document: shown }: { document: { name: string; pictures: Graph[] } }) {
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const found = shown.pictures.filter((each) => each.title.toLowerCase().includes(wanted));
  return (
    <section class="run">
      <header><h1>{shown.name}</h1></header>
      <div class="filters"><label>Filter <input value={text} onInput={(event) => setText((event.target as HTMLInputElement).value)} /></label> <span class="dim" role="status">{found.length} workflows</span></div>
      {found.map((each) => <article key={each.title}><h2>{each.title}</h2><Picture graph={each} choose={() => undefined} /></article>)}
    </section>
  );
}

function Compare({ left, right }: { left: Run; right: Run }) {
  const rows = useMemo(() => {
    const other = new Map(right.nodes.map((node) => [node.address, node]));
    const own = left.nodes.map((node) => ({ address: node.address, a: node as Node | undefined, b: other.get(node.address) }));
    const known = new Set(left.nodes.map((node) => node.address));
    return [...own, ...right.nodes.filter((node) => !known.has(node.address)).map((node) => ({ address: node.address, a: undefined, b: node as Node | undefined }))];
  }, [left, right]);
  const [differs, setDiffers] = useState(false);
  const [at, setAt] = useState(-1);
  const shown = differs ? rows.filter((row) => row.a?.state !== row.b?.state) : rows;
  return (
    <section class="run compare">
      <header><h1>Two runs</h1></header>
      <div class="both">{[left, right].map((run) => <div key={run.name}><h2>{run.name} <State state={run.state} /></h2><p class="dim">{date(run.started)} · {time(took(run))}</p><Values title="Inputs" values={run.inputs} /><Values title="Outputs" values={run.outputs} /></div>)}</div>
      <label><input type="checkbox" checked={differs} onChange={() => setDiffers(!differs)} /> only nodes that ended differently</label>
      <Rows items={shown} label="compared" keyOf={(row) => row.address} selected={at} select={setAt} row={(row) => <>
        <span class="address">{row.address} <b>{(row.a ?? row.b)!.name}</b></span>
        {[row.a, row.b].map((node, side) => <span class="side" key={side}>{node ? <><State state={node.state} /> <span>{time(took(node))}</span></> : "—"}</span>)}</>} />
    </section>
  );
}

function Live({ name, compare }: { name: string; compare: string }) {
  const [run, setRun] = useState<Run | null>(null);
  const [other, setOther] = useState<Run | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let live = true;
    setRun(null); setOther(null); setProblem("");
    const look = async () => {
      try {
        const found = await ask(`api/run?name=${encodeURIComponent(name)}`);
        if (!live) return;
        setRun(found);
        if (compare) setOther(await ask(`api/run?name=${encodeURIComponent(compare)}`));
        if (live && found.state === "RUNNING") setTimeout(look, LIVE);
      } catch (error) { if (live) setProblem(String((error as Error).message)); }
    };
    look();
    return () => { live = false; };
  }, [name, compare]);
  if (problem) return <p class="error" role="alert">{problem}</p>;
  if (!run || (compare && !other)) return <p role="status">reading …</p>;
  if (other) return <Compare left={run} right={other} />;
  return <RunView key={run.name} run={run} load={(address) => ask(`api/values?name=${encodeURIComponent(name)}&node=${encodeURIComponent(address)}`)} />;
}

function Browser() {
  const [runs, setRuns] = useState<Summary[]>([]);
  const [bad, setBad] = useState<{ path: string; reason: string }[]>([]);
  const [text, setText] = useState("");
  const [state, setState] = useState("");
  const [at, setAt] = useState("");
  const [pinned, setPinned] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let timer = 0;
    const look = async () => {
      try {
        const found = await ask("api/runs");
        setRuns(found.runs); setBad(found.unreadable); setProblem("");
      } catch (error) { setProblem(`the server does not answer: ${(error as Error).message}`); }
      timer = window.setTimeout(look, 2 * LIVE);
    };
    look();
    return () => clearTimeout(timer);
  }, []);
  const shown = runs.filter((run) => (!state || run.state === state) && `${run.name} ${run.entity} ${run.detail}`.toLowerCase().includes(text.toLowerCase()));
  const selected = shown.findIndex((run) => run.name === at);
  return (
    <div class="browser">
      <aside class="runs" aria-label="Runs">
        <div class="filters">
          <label>Search <input value={text} onInput={(event) => setText((event.target as HTMLInputElement).value)} /></label>
          <label>State <select value={state} onChange={(event) => setState((event.target as HTMLSelectElement).value)}><option value="">all</option>{[...new Set(runs.map((run) => run.state))].sort().map((each) => <option key={each} value={each}>{each.toLowerCase()}</option>)}</select></label>
        </div>
        <div class="filters"><button disabled={!at} onClick={() => setPinned(pinned ? "" : at)}>{pinned ? `stop comparing with ${pinned}` : "compare with …"}</button></div>
        {problem && <p class="error" role="alert">{problem}</p>}
        <Rows items={shown} label="runs" keyOf={(run) => run.name} selected={selected} select={(index) => setAt(shown[index].name)} row={(run) => <><State state={run.state} /> <span class="address">{run.name}</span></>} />
        {bad.length > 0 && <details><summary>{bad.length} not readable</summary><ul>{bad.map((each) => <li key={each.path}>{each.path}: {each.reason}</li>)}</ul></details>}
      </aside>
      {at ? <Live name={at} compare={pinned && pinned !== at ? pinned : ""} /> : <section class="run"><h1>Runs of this machine</h1><p>Choose a run. Keys: ↑ ↓ in a list, 1–4 for the views, / for the filter, Esc to close.</p></section>}
    </div>
  );
}

const shown = data.document;
const page = data.mode === "ui" ? <Browser />
  : shown.kind === "bundle" ? <Bundle document={shown} />
  : <RunView run={shown} load={async (address) => shown.values[address] ?? { inputs: {}, outputs: {} }} />;
render(<main>{page}</main>, document.getElementById("app")!);
document.documentElement.dataset.ready = "1";

// Values by type. Everything is a text node or an image out of the data: no value is ever parsed as HTML.
export interface Shown { type: string; show: string; data?: unknown; cut?: number; uri?: string; size?: number | null; source?: string;
  columns?: string[]; rows?: string[][]; total?: number }

const bytes = (size: number | null | undefined) => (size == null ? "" : `${size.toLocaleString("en")} bytes`);

function One({ name, value }: { name: string; value: Shown }) {
  const head = <><b>{name}</b>{value.type && <span class="dim"> {value.type}</span>}</>;
  if (value.show === "table") return (
    <div class="value">{head} <span class="dim">{value.total!.toLocaleString("en")} rows</span>
      <div class="wide" tabIndex={0} role="region" aria-label={`Table ${name}`}><table><thead><tr>{value.columns!.map((each) => <th key={each} scope="col">{each}</th>)}</tr></thead>
        <tbody>{value.rows!.map((row, index) => <tr key={index}>{row.map((cell, at) => <td key={at}>{cell}</td>)}</tr>)}</tbody></table></div></div>);
  if (value.show === "image") return <div class="value">{head} <span class="dim">{bytes(value.size)}</span><img src={value.source} alt={`${name}: ${value.uri}`} /></div>;
  if (value.show === "file") return <div class="value">{head} <code>{value.uri}</code> <span class="dim">{bytes(value.size)}</span></div>;
  const text = typeof value.data === "string" ? value.data : JSON.stringify(value.data, null, 2);
  return <div class="value">{head}<pre tabIndex={0}>{text}</pre>{value.cut && <span class="dim">the first part of {value.cut.toLocaleString("en")} characters</span>}</div>;
}

export function Values({ title, values }: { title: string; values: Record<string, Shown> }) {
  const names = Object.keys(values);
  return <div class="values"><h3>{title}</h3>{names.length ? names.map((name) => <One key={name} name={name} value={values[name]} />) : <p class="dim">none in the record</p>}</div>;
}

// What the Python side evaluates in its own JavaScript engine: no page, no clock, no network.
import "./global";
import { drawSvg } from "./picture";
(globalThis as any).drawSvg = (text: string) => drawSvg(JSON.parse(text));

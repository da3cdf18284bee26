/** A Mermaid flowchart, as far as plans use its grammar. */
export interface Flowchart {
  /** Labels as they are shown, by id. */
  nodes: Map<string, { shape: string; label: string }>;
  edges: { from: string; to: string; label: string | undefined }[];
}

const NODE = /^ {2}(\w+)(\(\[|\[|\{)"((?:[^"#%&<>`\\]|#\d+;|<br\/>)*)"(\]\)|\]|\})$/;
const EDGE = /^ {2}(\w+) -->(?:\|(\w+)\|)? (\w+)$/;
const CLOSING: Record<string, string> = { '([': '])', '[': ']', '{': '}' };

/**
 * Reads it strictly: each line a box with a quoted label or an arrow between boxes that were drawn.
 *
 * @throws Error with the line that is neither.
 */
export function readFlowchart(text: string): Flowchart {
  const [head, ...lines] = text.split('\n');
  if (head !== 'flowchart TD') throw new Error(`no flowchart: ${head}`);
  const chart: Flowchart = { nodes: new Map(), edges: [] };
  for (const line of lines) {
    const node = NODE.exec(line);
    const edge = EDGE.exec(line);
    if (node !== null) {
      const [, id = '', open = '', label = '', close] = node;
      if (CLOSING[open] !== close || chart.nodes.has(id)) throw new Error(`no box: ${line}`);
      chart.nodes.set(id, { shape: open, label: shown(label) });
    } else if (edge !== null) {
      const [, from = '', label, to = ''] = edge;
      if (!chart.nodes.has(from) || !chart.nodes.has(to)) throw new Error(`no box for: ${line}`);
      chart.edges.push({ from, to, label });
    } else throw new Error(`neither box nor arrow: ${line}`);
  }
  return chart;
}

const shown = (label: string) =>
  label.replaceAll('<br/>', '\n').replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

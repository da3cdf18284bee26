// An entry of its own, for what reads schemas and wants nothing else of the kit.

export { argumentOf, textArgument } from './sdl/directive-arguments.ts';
export { type Element, elementsOf } from './sdl/elements.ts';
export { EVENTS_IDENTITY, EVENTS_SDL, eventStreamDirective } from './sdl/event-stream-directive.ts';
export {
  directiveOf,
  LINE_DIRECTIVES,
  LINES_IDENTITY,
  LINES_SDL,
  type LineDirective,
  lineDirective,
  majorOfDirective,
} from './sdl/line-directives.ts';
export { linkedDirective, linkedNames, schemaDirectives } from './sdl/links.ts';
export { type MarkedLine, markLine } from './sdl/mark-line.ts';
export { parseSdl } from './sdl/parse-sdl.ts';
export { type EventStream, EventStreamError, readEventStream } from './sdl/read-event-stream.ts';
export { readSdl, type SdlFile } from './sdl/read-sdl.ts';
export { readSdlFolder } from './sdl/read-sdl-folder.ts';
export { type ImportCode, SdlImportError } from './sdl/sdl-import-error.ts';
export { isAvailable, LINE_STATES, type LineState, type VersionLine } from './sdl/version-line.ts';

// An entry of its own, for tools that read subgraphs' schemas and want nothing else of the kit.
export { parseSdl } from './sdl/parse-sdl.ts';
export { readSdl, type SdlFile } from './sdl/read-sdl.ts';
export { readSdlFolder } from './sdl/read-sdl-folder.ts';
export { type ImportCode, SdlImportError } from './sdl/sdl-import-error.ts';

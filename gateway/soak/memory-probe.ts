// Loaded before the gateway's main (`--import`, with `--expose-gc`): tells its parent what is left after a collection of garbage.
process.on('message', () => {
  globalThis.gc?.();
  // What is freed outside of the heap is so by finalisers, which run behind it.
  setTimeout(() => {
    globalThis.gc?.();
    process.send?.(process.memoryUsage());
  }, 20);
});
process.once('disconnect', () => process.exit());

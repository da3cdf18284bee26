// The thread that load comes from: LoadOptions in, Load or an Error out.
import { parentPort } from 'node:worker_threads';
import { generateLoad } from './generate-load.ts';

parentPort?.on('message', async (options) => {
  try {
    parentPort?.postMessage(await generateLoad(options));
  } catch (error) {
    parentPort?.postMessage(error);
  }
});

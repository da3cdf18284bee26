// Makes an empty database cluster in the folder that is its argument. A process of its own: making one takes several
// hundred megabytes of memory, which a process does not give back.
import { PGlite } from '@electric-sql/pglite';

const client = await PGlite.create(process.argv[2] ?? '');
await client.close();
process.exit(0);

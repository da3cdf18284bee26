import { checkRenderings } from './check-renderings.ts';

checkRenderings(4);

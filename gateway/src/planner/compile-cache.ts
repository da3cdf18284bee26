import { enableCompileCache } from 'node:module';

// A thread does not have its process's. With it, a planner is there in three quarters of the time.
enableCompileCache();

// The same server with our gateway in place of Apollo's.
import { TributaryGateway } from '@tributary/gateway';
import { serveWithApollo } from './serve-with-apollo.ts';

await serveWithApollo((supergraphSdl) => new TributaryGateway({ supergraphSdl }));

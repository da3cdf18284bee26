// @apollo/gateway as it comes.
import { ApolloGateway } from '@apollo/gateway';
import { serveWithApollo } from './serve-with-apollo.ts';

await serveWithApollo((supergraphSdl) => new ApolloGateway({ supergraphSdl }));

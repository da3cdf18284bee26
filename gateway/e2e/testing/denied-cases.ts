import type { Caller } from './guarded-graph.ts';

/** What somebody asks for and may not see, wholly or in part. */
export interface DeniedCase {
  what: string;
  by: Caller;
  query: string;
  variables?: object;
  data: unknown;
  /** Paths of errors, in their order. */
  denied: string[];
  /** Queries to subgraphs; a caller that sees nothing asks none. */
  asks: string[];
}

const OPEN = 'guarded {open}';
const POSTS = 'guarded {posts{__typename ...on PublicBlog{title}}}';

export const deniedCases: readonly DeniedCase[] = [
  {
    what: 'a field',
    by: 'anonymous',
    query: '{ open needed: both }',
    data: { open: 'open', needed: null },
    denied: ['needed'],
    asks: [OPEN],
  },
  {
    what: 'a type',
    by: 'anonymous',
    query: '{ me { name } open }',
    data: { me: null, open: 'open' },
    denied: ['me'],
    asks: [OPEN],
  },
  {
    what: 'a type, under an alias',
    by: 'anonymous',
    query: '{ moi: me { name } }',
    data: { moi: null },
    denied: ['moi'],
    asks: [],
  },
  {
    what: 'a field inside an object (documentation of the router, `@authenticated`)',
    by: 'anonymous',
    query: '{ me { name } article { title views } }',
    data: { me: null, article: { title: 'Bees', views: null } },
    denied: ['me', 'article.views'],
    asks: ['guarded {article{title}}'],
  },
  {
    what: 'fields of each item of a list',
    by: 'anonymous',
    query: '{ articles { views title } }',
    data: {
      articles: [
        { views: null, title: 'Bees' },
        { views: null, title: 'Ants' },
      ],
    },
    denied: ['articles.0.views', 'articles.1.views'],
    asks: ['guarded {articles{title}}'],
  },
  {
    what: 'a field that is never null, and so its object',
    by: 'anonymous',
    query: '{ article { title code } open }',
    data: { article: null, open: 'open' },
    denied: ['article.code'],
    asks: ['guarded {article{title}open}'],
  },
  {
    what: 'a field that is never null at the root, and so everything',
    by: 'anonymous',
    query: '{ needed }',
    data: null,
    denied: ['needed'],
    asks: [],
  },
  { what: 'a scalar', by: 'anonymous', query: '{ token }', data: { token: null }, denied: ['token'], asks: [] },
  { what: 'an enum', by: 'user', query: '{ level }', data: { level: null }, denied: ['level'], asks: [] },
  { what: 'a list of an enum', by: 'user', query: '{ levels open }', data: null, denied: ['levels'], asks: [OPEN] },
  {
    what: 'an interface of which an object may not be seen (documentation, "Polymorphic types")',
    by: 'anonymous',
    query: '{ posts { id title } }',
    data: null,
    denied: ['posts'],
    asks: [],
  },
  {
    what: 'an interface, by a fragment on itself',
    by: 'anonymous',
    query: '{ posts { ... on Post { title } } }',
    data: null,
    denied: ['posts'],
    asks: [],
  },
  {
    what: 'one object of an interface, by fragments (documentation, "Polymorphic types")',
    by: 'anonymous',
    query: '{ results { ... on PublicBlog { title } ... on PrivateBlog { title } } }',
    data: { results: [{ title: 'Spring' }, null] },
    denied: ['results.1.title'],
    asks: ['guarded {results{__typename ...on PublicBlog{title}}}'],
  },
  {
    what: 'one object of an interface, by a named fragment',
    by: 'anonymous',
    query: '{ results { ...B } } fragment B on PrivateBlog { title }',
    data: { results: [{}, null] },
    denied: ['results.1.title'],
    asks: ['guarded {results{__typename}}'],
  },
  {
    what: 'no `__typename` of an interface',
    by: 'anonymous',
    query: '{ posts { __typename ... on PublicBlog { title } } }',
    data: { posts: [{ __typename: 'PublicBlog', title: 'Spring' }, { __typename: 'PrivateBlog' }] },
    denied: [],
    asks: [POSTS],
  },
  {
    what: 'a union, by a fragment on an interface of its objects',
    by: 'anonymous',
    query: '{ results { ... on Post { title } } }',
    data: { results: null },
    denied: ['results'],
    asks: [],
  },
  {
    what: 'a field of an interface that one of its objects protects',
    by: 'anonymous',
    query: '{ items { id label } }',
    data: {
      items: [
        { id: null, label: 'Saw' },
        { id: null, label: 'Bow' },
      ],
    },
    denied: ['items.0.id', 'items.1.id'],
    asks: ['guarded {items{__typename label}}'],
  },
  {
    what: 'a field of one object of an interface',
    by: 'anonymous',
    query: '{ items { ... on Tool { id } ... on Weapon { id label } } }',
    data: { items: [{ id: 't1' }, { id: null, label: 'Bow' }] },
    denied: ['items.1.id'],
    asks: ['guarded {items{__typename ...on Tool{id}...on Weapon{label}}}'],
  },
  {
    what: 'a field that another place selects, too, under one name',
    by: 'anonymous',
    query: '{ items { id ... on Tool { id } } }',
    data: { items: [{ id: null }, { id: null }] },
    denied: ['items.0.id', 'items.1.id'],
    asks: ['guarded {items{__typename ...on Tool{id}}}'],
  },
  {
    what: 'a field that `@skip` leaves out: it is neither null nor an error',
    by: 'anonymous',
    query: 'query ($s: Boolean!) { open me @skip(if: $s) { name } article { views @include(if: false) title } }',
    variables: { s: true },
    data: { open: 'open', article: { title: 'Bees' } },
    denied: [],
    asks: ['guarded {article{title}open}'],
  },
  {
    what: 'a field that `@skip` does not leave out',
    by: 'anonymous',
    query: 'query ($s: Boolean!) { open me @skip(if: $s) { name } }',
    variables: { s: false },
    data: { open: 'open', me: null },
    denied: ['me'],
    asks: [OPEN],
  },
  {
    what: 'what a query has inside itself',
    by: 'anonymous',
    query: '{ self { self { token open } } }',
    data: { self: { self: { token: null, open: 'open' } } },
    denied: ['self.self.token'],
    asks: ['guarded {self{self{open}}}'],
  },
  {
    what: 'one of two mutations, which is not made',
    by: 'anonymous',
    query: 'mutation { enter knock }',
    data: { enter: null, knock: 'knocked' },
    denied: ['enter'],
    asks: ['guarded mutation{knock}'],
  },
  {
    what: 'a mutation that is written twice, of which one asks for too much',
    by: 'anonymous',
    query: 'mutation { p: publish { __typename } p: publish { title } knock }',
    data: { p: null, knock: 'knocked' },
    denied: ['p'],
    asks: ['guarded mutation{knock}'],
  },
  {
    what: 'a field that is written twice, of which one asks for too much',
    by: 'anonymous',
    query: '{ open article { author { id } } article { author { name } views } }',
    data: { open: 'open', article: { author: { id: 'a1', name: 'Name of a1' }, views: null } },
    denied: ['article.views'],
    asks: [
      'guarded {article{author{__typename id}}open}',
      'authors query($representations:[_Any!]!){_entities(representations:$representations){...on Author{name}}} ' +
        '{"representations":[{"__typename":"Author","id":"a1"}]}',
    ],
  },
  {
    what: 'a field in a document with the planner’s own variable',
    by: 'anonymous',
    query: 'query ($representations: Boolean!) { open self @include(if: $representations) { token open } }',
    variables: { representations: true },
    data: { open: 'open', self: { token: null, open: 'open' } },
    denied: ['self.token'],
    asks: [
      'guarded query($representations_:Boolean!){open self@include(if:$representations_){open}} {"representations_":true}',
    ],
  },
  {
    what: 'a field without its scope',
    by: 'user',
    query: '{ either both audit { line } unknown me { name } }',
    data: { either: null, both: null, audit: null, unknown: null, me: { name: 'Ada' } },
    denied: ['either', 'both', 'audit', 'unknown'],
    asks: ['guarded {me{name}}'],
  },
];

import { expect, test } from 'vitest';
import { costsOf } from './testing/costs-of.ts';

const costs = costsOf(`
  enum AorB @cost(weight: "15") { A B }
  scalar ExpensiveInt @cost(weight: "30")
  type ExpensiveObject @cost(weight: "40") { id: ID }
  input In { somethingWithCost: Int @cost(weight: "20") }
  interface Pet { name: String }
  type Dog implements Pet @cost(weight: "4") { name: String toys: [Toy] }
  type Cat implements Pet { name: String }
  type Toy { name: String }
  type Sized { items: [ExpensiveObject] }
  type Query {
    fieldWithCost: Int @cost(weight: "5")
    argWithCost(arg: Int @cost(weight: "10")): Int
    enumWithCost: AorB
    inputWithCost(someInput: In): Int
    scalarWithCost: ExpensiveInt
    objectWithCost: ExpensiveObject
    expensiveInts: [ExpensiveInt]
    pets: [Pet]
    matrix: [[Toy]]
    sized(first: Int = 10): Sized @listSize(slicingArguments: ["first"], sizedFields: ["items"])
  }
  type Mutation { addPet(in: In): Pet }`);

test('Apollo Router’s case: what is there counts, by its weights, and the arguments it was asked with', () => {
  const source = `{
    fieldWithCost argWithCost(arg: 3) enumWithCost inputWithCost(someInput: { somethingWithCost: 10 })
    scalarWithCost objectWithCost { id }
  }`;
  const data = { fieldWithCost: 1, argWithCost: 2, enumWithCost: 'A', inputWithCost: 3, scalarWithCost: 4 };
  expect(costs.actual(source, { ...data, objectWithCost: { id: 5 } })).toBe(5 + 10 + 15 + 21 + 30 + 40);
  expect(costs.actual(source, { ...data, objectWithCost: null })).toBe(5 + 10 + 15 + 21 + 30);
});

test('lists count their items, and null is none', () => {
  const source = '{ sized { items { id } } }';
  expect(costs.estimate(source)).toBe(1 + 10 * 40);
  expect(costs.actual(source, { sized: { items: [{ id: 1 }, null, { id: 2 }] } })).toBe(1 + 2 * 40);
  expect(costs.actual('{ matrix { name } }', { matrix: [[{ name: 'a' }, { name: 'b' }], null, []] })).toBe(2);
  expect(costs.actual('{ expensiveInts }', { expensiveInts: [1, null, 2] })).toBe(60);
  // A scalar may be a list itself: of these there are two.
  expect(costs.actual('{ expensiveInts }', { expensiveInts: [[1, 2, 3], 4] })).toBe(60);
  expect(costs.actual(source, null)).toBe(0);
});

test('an object has the type that it is said to have, under any name, or costs the most that it can be', () => {
  const pets = [{ kind: 'Cat' }, { kind: 'Dog', toys: [{ name: 'ball' }] }];
  expect(costs.actual('{ pets { kind: __typename ... on Dog { toys { name } } } }', { pets })).toBe(1 + 5);
  expect(costs.actual('{ pets { name } }', { pets: [{ name: 'a' }, { name: 'b' }] })).toBe(8);
});

test('a mutation costs 10 beside, also where it failed', () => {
  const source = 'mutation ($in: In) { addPet(in: $in) { name } }';
  expect(costs.actual(source, { addPet: { name: 'a' } }, { in: { somethingWithCost: 1 } })).toBe(10 + 21 + 4);
  expect(costs.actual(source, null)).toBe(10);
});

/** Fields of which a cold operation has some: each number has others. */
const USER = ['id', 'username', 'name'];
const REVIEW = ['id', 'body'];
const PRODUCT = ['inStock', 'name', 'price', 'shippingEstimate', 'upc', 'weight'];

/** An operation over all four subgraphs that no other number has, so that no gateway has planned it. Up to 2^17 of them. */
export function coldOperation(number: number): string {
  let left = number;
  const some = (fields: readonly string[]) => {
    const chosen = fields.filter(() => {
      const isIn = left % 2 === 1;
      left = Math.floor(left / 2);
      return isIn;
    });
    return chosen.join(' ');
  };
  const [product, review, user, inner] = [some(PRODUCT), some(REVIEW), some(USER), some(PRODUCT)];
  return `{ topProducts { __typename ${product} reviews { __typename ${review}
    author { __typename ${user} reviews { product { __typename ${inner} } } } } } }`;
}

"""A subgraph that is not JavaScript: reviews of another subgraph's products.

Prints the URL of its GraphQL endpoint, a loopback port that was free, and serves until it is stopped.
"""

import logging
import socket
from enum import Enum
from typing import Optional

import strawberry
import uvicorn
from strawberry.asgi import GraphQL


@strawberry.enum
class Verdict(Enum):
    GOOD = "good"
    BAD = "bad"


@strawberry.enum
class Order(Enum):
    NEWEST = "newest"
    BEST = "best"


@strawberry.federation.type(keys=["id"])
class Product:
    id: strawberry.ID
    weight: Optional[int] = strawberry.federation.field(external=True, default=None)

    @classmethod
    def resolve_reference(cls, info: strawberry.Info, id: strawberry.ID, weight: Optional[int] = None):
        return None if id == "unknown" else cls(id=id, weight=weight)

    @strawberry.federation.field(requires=["weight"])
    def postage(self, express: bool = False) -> Optional[int]:
        if self.weight is None:
            return None
        return self.weight * (3 if express else 2)

    @strawberry.field
    def reviews(self, first: int = 2, order: Order = Order.NEWEST) -> list["Review"]:
        mine = [review for review in REVIEWS if review.product.id == self.id]
        if order is Order.BEST:
            mine.sort(key=lambda review: -review.stars)
        return mine[:first]

    @strawberry.field
    def verdict(self) -> Optional[Verdict]:
        mine = [review.stars for review in REVIEWS if review.product.id == self.id]
        if not mine:
            raise ValueError("Nobody has said anything.")
        return Verdict.GOOD if sum(mine) / len(mine) > 3 else Verdict.BAD

    @strawberry.field
    def best(self) -> "Review":
        return max((review for review in REVIEWS if review.product.id == self.id), key=lambda review: review.stars)


@strawberry.interface
class Review:
    stars: int
    product: Product


@strawberry.type
class TextReview(Review):
    text: str


@strawberry.type
class PictureReview(Review):
    url: str
    tags: list[list[str]]


TABLE = Product(id=strawberry.ID("1"))
CHAIR = Product(id=strawberry.ID("2"))
REVIEWS: list[Review] = [
    TextReview(stars=3, product=TABLE, text="It stands. ✓"),
    PictureReview(stars=5, product=CHAIR, url="/chair.png", tags=[["a", "b"], []]),
    TextReview(stars=5, product=TABLE, text="Bought it again."),
]


@strawberry.type
class Query:
    @strawberry.field
    def latest_reviews(self, verdict: Optional[Verdict] = None) -> list[Review]:
        return [review for review in REVIEWS if verdict is None or (review.stars > 3) == (verdict is Verdict.GOOD)]


schema = strawberry.federation.Schema(query=Query, types=[Product, TextReview, PictureReview])

if __name__ == "__main__":
    # Fields that fail are part of the behaviours.
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL + 1)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    uvicorn.Server(uvicorn.Config(GraphQL(schema), log_level="error")).run(sockets=[listener])

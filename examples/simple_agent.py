"""A minimal agent: it registers, looks at the prices, places some random orders, and shows what it holds in the end.

It needs nothing but the wire format and an HTTP library, so it is easy to write again in another language.

    crossbook up                         # in one terminal
    python examples/simple_agent.py      # in another; an address other than http://localhost:8000 may follow
"""

import random
import sys
import time
import uuid

import httpx

ORDERS = 10
PAUSE_S = 0.5


def main(url: str = "http://localhost:8000", orders: int = ORDERS, pause_s: float = PAUSE_S) -> None:
    """Trade a little on a venue, and end."""
    with httpx.Client(base_url=url, timeout=10.0) as http:
        password = uuid.uuid4().hex
        name = f"simple-{uuid.uuid4().hex[:8]}"
        answer = http.post("/api/register", json={"username": name, "password": password})
        answer.raise_for_status()
        http.headers["X-API-Key"] = answer.json()["api_key"]
        print(f"registered as {name} with {answer.json()['cash']:,.2f} of cash")
        for _ in range(orders):
            tickers = http.get("/api/market/tickers").raise_for_status().json()["tickers"]
            ticker, market = random.choice(list(tickers.items()))
            price = round(market["current_price"] * random.uniform(0.99, 1.01), 2)
            order = {
                "ticker": ticker,
                "side": random.choice(["buy", "buy", "sell"]),
                "quantity": 1,
                "price": price,
            }
            # With a name of its own an order may be sent again when its answer is lost: it has one effect.
            answer = http.post("/api/orders", json={**order, "client_order_id": uuid.uuid4().hex})
            if answer.status_code == 200:
                placed = answer.json()
                print(
                    f"{order['side']:4} 1 {ticker:5} at {price:8.2f}: {placed['status']}, {len(placed['trades'])} trades"
                )
            else:
                print(f"{order['side']:4} 1 {ticker:5} at {price:8.2f}: {answer.json()['detail']}")
            time.sleep(pause_s)
        http.delete("/api/orders").raise_for_status()
        portfolio = http.get("/api/portfolio").raise_for_status().json()
        for holding in portfolio["holdings"]:
            print(f"{holding['ticker']:5} {holding['quantity']:>5} worth {holding['value']:10,.2f}")
        print(f"cash  {portfolio['cash']:,.2f}, all together {portfolio['total_value']:,.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:2])

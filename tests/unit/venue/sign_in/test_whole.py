"""Work that is carried out whole: once, in turn, bounded, and whatever becomes of who asked."""

import asyncio
from functools import partial

import pytest

from crossbook.venue.refusals import BUSY, Refused
from crossbook.venue.sign_in import whole
from crossbook.venue.sign_in.whole import WholeWork


def test_work_of_one_name_is_carried_out_in_the_order_in_which_it_was_asked_for() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        for _ in range(10 - number):
            await asyncio.sleep(0)
        done.append(number)

    async def main() -> None:
        all_of_it = WholeWork()
        await asyncio.gather(*(all_of_it.in_turn("name", partial(work, number)) for number in range(10)))

    asyncio.run(main())
    assert done == list(range(10))


def test_work_in_turn_goes_on_after_a_mistake_and_after_who_asked_is_gone() -> None:
    done: list[str] = []

    async def fail() -> None:
        await asyncio.sleep(0)
        raise Refused(BUSY, "no", 503)

    async def work() -> None:
        await asyncio.sleep(0)
        done.append("done")

    async def main() -> None:
        all_of_it = WholeWork()
        failing = asyncio.create_task(all_of_it.in_turn("name", fail))
        gone = asyncio.create_task(all_of_it.in_turn("name", work))
        await asyncio.sleep(0)
        gone.cancel()
        await all_of_it.in_turn("name", work)
        with pytest.raises(Refused):
            await failing
        await all_of_it.finish()
        assert not all_of_it._last

    asyncio.run(main())
    assert done == ["done", "done"]


def test_a_mistake_is_told_to_all_who_wait_for_it_and_the_next_may_try_again() -> None:
    calls = 0

    async def fail() -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(0)
        raise Refused(BUSY, "no", 503)

    async def main() -> None:
        all_of_it = WholeWork()
        told = await asyncio.gather(*(all_of_it.once("name", fail) for _ in range(3)), return_exceptions=True)
        assert [isinstance(one, Refused) for one in told] == [True, True, True]
        assert calls == 1
        with pytest.raises(Refused):
            await all_of_it.once("name", fail)
        assert calls == 2

    asyncio.run(main())


def test_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "UNDER_WAY_MAX", 3)

    async def main() -> None:
        all_of_it, go = WholeWork(), asyncio.Event()

        async def work() -> None:
            await go.wait()

        asking = [asyncio.create_task(all_of_it.do(work)) for _ in range(5)]
        await asyncio.sleep(0)
        go.set()
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert [isinstance(one, Refused) for one in told] == [False, False, False, True, True]
        await all_of_it.do(work)

    asyncio.run(main())

"""Wake each deliberate bug of the matching core and of the journal, and see that its test fails.

The bugs stand in `src/canary.rs` of their crates, behind the feature `canary`. The tests are built once with that
feature, into a target directory of their own. Each test named below must pass while every bug sleeps, and must
fail, by name and alone, while its bug is awake. A build that fails, a test that does not exist, one that hangs
and one that passes are all reported as a bug that slipped through.

Usage: python scripts/canary.py [BUG ...]
"""

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

BUG_VARIABLE = "CROSSBOOK_CANARY"
TEST_SECONDS_MAX = 60
BUILD_SECONDS_MAX = 1_200


@dataclass(frozen=True, slots=True)
class Guard:
    """A test that must notice a bug: the test program, the test's path inside it, and their crate."""

    program: str
    test: str
    crate: str = "exchange"


# For each bug of the core the test that is there to catch it. Others may catch it too; this one must.
GUARDS: dict[str, Guard] = {
    "level_served_lifo": Guard("machine", "worked_examples::queue_rules"),
    "limit_price_excluded": Guard(
        "machine", "worked_orders::an_order_trades_at_exactly_its_limit_and_never_beyond"
    ),
    "trades_beyond_limit": Guard("machine", "rules::every_event_keeps_the_rules_of_trading"),
    "escrow_forgotten_on_cancel": Guard(
        "machine", "agreement::cash_accounts_agree_and_stay_sound_after_every_command"
    ),
    "escrow_forgotten_on_partial_fill": Guard(
        "machine", "worked_examples::escrow_holds_the_worst_fee_and_gives_improvement_back_fill_by_fill"
    ),
    "improvement_kept": Guard(
        "machine", "worked_examples::escrow_holds_the_worst_fee_and_gives_improvement_back_fill_by_fill"
    ),
    "fee_lost": Guard("machine", "reader::postings_of_every_command_sum_to_zero_and_add_up_to_the_balances"),
    "fee_rounded_up": Guard("exchange", "machine::ledger::tests::fees_round_toward_zero_on_both_signs"),
    "order_id_reused": Guard("machine", "reader::an_order_has_one_end_and_nothing_after_it"),
    "hash_order_iteration": Guard("machine", "rules::no_event_depends_on_how_the_tables_are_laid_out"),
    "wall_clock": Guard("machine", "rules::every_event_keeps_the_rules_of_trading"),
    "replace_loses_place": Guard("machine", "worked_examples::queue_rules"),
    "takers_price": Guard("machine", "rules::every_event_keeps_the_rules_of_trading"),
    "self_trade_allowed": Guard("machine", "rules::every_event_keeps_the_rules_of_trading"),
    "margin_forgets_other_positions": Guard(
        "machine", "worked_orders::the_margin_of_one_instrument_is_not_free_for_another"
    ),
    "only_parties_watched": Guard(
        "machine", "worked_orders::trades_between_others_that_move_the_mark_liquidate_who_took_no_part"
    ),
    "reject_moves_clock": Guard(
        "machine", "refusals::every_reject_has_a_command_that_earns_it_and_changes_nothing"
    ),
    "stop_one_tick_late": Guard(
        "machine", "worked_orders::a_stop_wakes_at_its_very_price_and_no_tick_before"
    ),
    "snapshot_forgets_event_hash": Guard(
        "machine", "agreement::game_accounts_agree_and_stay_sound_after_every_command"
    ),
    "snapshot_forgets_queue": Guard(
        "machine", "agreement::game_accounts_agree_and_stay_sound_after_every_command"
    ),
    "sequence_skips_on_reject": Guard(
        "machine", "agreement::game_accounts_agree_and_stay_sound_after_every_command"
    ),
    "iceberg_shows_all": Guard(
        "machine", "worked_orders::an_iceberg_shows_one_slice_at_a_time_at_the_end_of_its_queue"
    ),
    "reduce_only_turns_over": Guard("machine", "rules::every_event_keeps_the_rules_of_trading"),
    "fill_or_kill_fills_partly": Guard(
        "machine", "worked_orders::a_fill_or_kill_order_does_not_count_on_reduce_only_makers"
    ),
    "auction_takes_highest": Guard(
        "machine", "worked_orders::an_auction_takes_the_lowest_of_prices_that_are_equally_good"
    ),
    "day_order_outlives_close": Guard(
        "machine", "worked_orders::a_day_order_ends_at_the_close_and_others_stay"
    ),
    "codec_forgets_reduce_only": Guard("machine", "codec::every_command_reads_back_as_it_was_written"),
    "options_outlive_reference": Guard(
        "machine", "worked_examples::settling_a_scalar_settles_its_options_and_the_room_sums_to_zero"
    ),
}

# The same for the bugs of the journal.
JOURNAL_GUARDS: dict[str, Guard] = {
    "acknowledged_before_sync": Guard(
        "pipeline", "no_ticket_is_published_before_its_batch_is_safe", "journal"
    ),
    "checksum_skipped": Guard(
        "exhaustive",
        "three_bits_flipped_in_every_byte_of_a_small_journal_lose_nothing_and_change_nothing",
        "journal",
    ),
    "sync_retried": Guard("pipeline", "a_failed_sync_ends_the_journal", "journal"),
    "safe_batches_cut": Guard("recovery", "damage_in_the_middle", "journal"),
    "snapshot_named_before_sync": Guard(
        "pipeline", "a_crash_at_any_step_of_a_snapshot_leaves_it_whole_or_not_there", "journal"
    ),
}


def build() -> dict[tuple[str, str], Path]:
    """Build the tests with the bugs inside, and return the programs by crate and name.

    Raises:
        RuntimeError: the build failed; its words are in the message.
    """
    command = [
        "cargo", "test", "--locked", "--profile", "checked", "--package", "crossbook-exchange",
        "--package", "crossbook-journal", "--lib", "--tests",
        "--features", "crossbook-exchange/canary,crossbook-journal/canary", "--no-run", "--target-dir", "target/canary", "--message-format", "json",
    ]  # fmt: skip
    # The test itself must notice a bug, not an assertion of the code beside it.
    environment = {**os.environ, "CARGO_PROFILE_CHECKED_DEBUG_ASSERTIONS": "false"}
    built = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=BUILD_SECONDS_MAX,
    )
    if built.returncode != 0:
        raise RuntimeError(f"the tests with the bugs inside do not build:\n{built.stderr}")
    messages = (json.loads(line) for line in built.stdout.splitlines() if line.startswith("{"))
    return {
        (Path(message["manifest_path"]).parent.name, message["target"]["name"]): Path(message["executable"])
        for message in messages
        if message["reason"] == "compiler-artifact" and message["executable"] and message["profile"]["test"]
    }


def outcome(program: Path, guard: Guard, bug: str | None) -> str:
    """Run a guard's test with one bug awake, or none, and say `passed`, `failed`, or what went wrong."""
    environment = {name: value for name, value in os.environ.items() if name != BUG_VARIABLE}
    if bug is not None:
        environment[BUG_VARIABLE] = bug
    try:
        done = subprocess.run(
            [program, guard.test, "--exact", "--include-ignored"],
            cwd=ROOT / "rust" / guard.crate,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TEST_SECONDS_MAX,
        )
    except subprocess.TimeoutExpired:
        return f"ran past {TEST_SECONDS_MAX} s"
    return verdict(done.stdout, guard.test, done.returncode)


def verdict(said: str, test: str, status: int) -> str:
    """Read what a test program said: `passed` or `failed` only if that one test ran, and nothing else."""
    ran = re.findall(r"^test (\S+) \.\.\. (ok|FAILED)$", said, re.MULTILINE)
    if ran == [(test, "ok")] and status == 0:
        return "passed"
    if ran == [(test, "FAILED")] and status != 0:
        return "failed"
    return f"did not run as one test (status {status}, ran {[name for name, _ in ran]})"


def main(names: list[str]) -> int:
    """Check the named bugs, or all, print a row for each, and return 0 only if every one was caught."""
    guards = GUARDS | JOURNAL_GUARDS
    unknown = [name for name in names if name not in guards]
    if unknown:
        print(f"no such bug: {', '.join(unknown)}; known are {', '.join(guards)}", file=sys.stderr)
        return 2
    chosen = {name: guards[name] for name in names or guards}
    started = time.monotonic()
    programs = build()
    print(f"built in {time.monotonic() - started:.0f} s")
    asleep: dict[Guard, str] = {}
    missed = 0
    for bug, guard in chosen.items():
        program = programs.get((guard.crate, guard.program))
        if program is None:
            asleep[guard] = awake = f"no test program {guard.program}"
            seconds = 0.0
        else:
            if guard not in asleep:
                asleep[guard] = outcome(program, guard, None)
            before = time.monotonic()
            awake = outcome(program, guard, bug)
            seconds = time.monotonic() - before
        caught = asleep[guard] == "passed" and awake == "failed"
        missed += not caught
        said = "caught" if caught else f"MISSED: asleep it {asleep[guard]}, awake it {awake}"
        print(f"{bug:<34} {seconds:5.1f} s  {said:<7}  {guard.program}::{guard.test}")
    print(f"{len(chosen) - missed} of {len(chosen)} bugs caught in {time.monotonic() - started:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What must survive a restart, once more on the venue's own database."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crossbook.venue.store import Store
from tests.unit.venue.sign_in.kit import Kit
from tests.unit.venue.sign_in.test_administration import (
    test_a_new_password_ends_the_sessions_and_the_old_password,
    test_a_role_counts_at_the_next_request_and_after_a_restart,
    test_who_is_shut_out_is_out_at_once_and_after_a_restart_and_his_tokens_stay_so,
)
from tests.unit.venue.sign_in.test_files import (
    test_the_first_administrator_is_made_once_with_a_password_in_a_file,
)
from tests.unit.venue.sign_in.test_keys import (
    test_a_bot_of_the_house_has_an_account_and_a_key_that_ends_with_the_process,
    test_a_key_opens_until_it_is_revoked_and_its_connections_are_told,
    test_a_rotated_key_gives_way_to_a_new_one_at_once,
    test_a_user_has_so_many_keys_and_no_more_even_when_he_asks_at_once,
    test_the_store_has_no_key_and_no_password,
)
from tests.unit.venue.sign_in.test_login import (
    test_a_hash_of_other_parameters_is_made_anew_at_the_next_log_in,
    test_failures_at_the_same_time_are_counted_too,
    test_successes_at_the_same_time_cost_nothing,
)
from tests.unit.venue.sign_in.test_own_sessions import (
    test_a_session_is_ended_from_the_list_at_once_and_for_good_and_is_told,
    test_a_session_is_known_again_after_a_start_though_not_when_it_was_seen,
    test_signing_out_everywhere_empties_the_list_for_good,
)
from tests.unit.venue.sign_in.test_register import (
    test_a_client_who_hangs_up_leaves_nothing_half_done,
    test_a_log_in_heals_a_registration_that_found_no_account_and_opens_it_once,
    test_a_name_is_given_once_whatever_its_case,
    test_a_start_heals_a_registration_that_a_crash_cut_off,
    test_all_that_was_registered_opens_the_door_after_a_restart,
    test_of_many_who_want_a_name_at_once_one_gets_it,
)
from tests.unit.venue.sign_in.test_secrets_stay import test_no_secret_is_logged_raised_or_printed
from tests.unit.venue.sign_in.test_tokens import (
    test_a_sign_out_ends_the_session_at_once_and_for_good_and_tells,
    test_a_sign_out_everywhere_ends_all_sessions_and_lets_new_ones_in,
    test_ended_sessions_of_a_user_are_bounded_and_none_comes_to_life_again,
)

__all__ = [
    "test_a_bot_of_the_house_has_an_account_and_a_key_that_ends_with_the_process",
    "test_a_client_who_hangs_up_leaves_nothing_half_done",
    "test_a_hash_of_other_parameters_is_made_anew_at_the_next_log_in",
    "test_a_key_opens_until_it_is_revoked_and_its_connections_are_told",
    "test_a_log_in_heals_a_registration_that_found_no_account_and_opens_it_once",
    "test_a_name_is_given_once_whatever_its_case",
    "test_a_new_password_ends_the_sessions_and_the_old_password",
    "test_a_role_counts_at_the_next_request_and_after_a_restart",
    "test_a_rotated_key_gives_way_to_a_new_one_at_once",
    "test_a_session_is_ended_from_the_list_at_once_and_for_good_and_is_told",
    "test_a_session_is_known_again_after_a_start_though_not_when_it_was_seen",
    "test_a_sign_out_ends_the_session_at_once_and_for_good_and_tells",
    "test_a_sign_out_everywhere_ends_all_sessions_and_lets_new_ones_in",
    "test_a_start_heals_a_registration_that_a_crash_cut_off",
    "test_a_user_has_so_many_keys_and_no_more_even_when_he_asks_at_once",
    "test_all_that_was_registered_opens_the_door_after_a_restart",
    "test_ended_sessions_of_a_user_are_bounded_and_none_comes_to_life_again",
    "test_failures_at_the_same_time_are_counted_too",
    "test_no_secret_is_logged_raised_or_printed",
    "test_of_many_who_want_a_name_at_once_one_gets_it",
    "test_signing_out_everywhere_empties_the_list_for_good",
    "test_successes_at_the_same_time_cost_nothing",
    "test_the_first_administrator_is_made_once_with_a_password_in_a_file",
    "test_the_store_has_no_key_and_no_password",
    "test_who_is_shut_out_is_out_at_once_and_after_a_restart_and_his_tokens_stay_so",
]


class StoreKit(Kit):
    """A data directory with the venue's own database."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.path = directory / "venue.sqlite3"

    @contextlib.asynccontextmanager
    async def store(self) -> AsyncIterator[None]:
        async with await Store.open(str(self.path)) as store:
            self.kept = store
            yield


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    return StoreKit(tmp_path)

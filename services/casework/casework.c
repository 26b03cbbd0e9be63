#include "services/casework/casework.h"

#include "services/casework/inner.h"

#include "casework_sql.h"
#include "common/log.h"

#include <stdlib.h>
#include <sys/stat.h>

/* ---- life */

static bool load_site(struct casework *house, const char *site_dir, struct error *error) {
    return (house->site = site_load(site_dir, error)) != NULL &&
           (house->catalogue = catalogue_load(site_dir, error)) != NULL &&
           (house->calendar = calendar_load(site_dir, error)) != NULL &&
           (house->places = places_load(site_dir, error)) != NULL &&
           (house->owners = owners_load(site_dir, house->places, error)) != NULL;
}

static bool load_keystore(struct casework *house, const struct daemon_setup *setup, struct error *error) {
    if (!daemon_keys(setup, "casework", KEYSTORE_SECRET | KEYSTORE_HASH, &house->keystore, error))
        return false;
    house->opener = seal_opener_new(keystore_site_secret(house->keystore));
    return house->opener != NULL || error_set(error, "no memory for the keys");
}

/* Beside the store, in the daemon's own folder. A simulation without folders keeps it in memory. */
static bool open_keys(struct casework *house, const struct daemon_setup *setup, struct error *error) {
    char folder[CONFIG_PATH_MAX], file[CONFIG_PATH_MAX];
    struct stat status;
    if (!config_path(folder, setup->data_dir, "casework") || !config_path(file, folder, "case_keys.db"))
        return error_set(error, "the name of the data folder is too long");
    bool in_memory = setup->simulated && (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode));
    return keystore_cases_open(in_memory ? ":memory:" : file, NULL, &house->keys, error);
}

static void close_state(void **state) {
    struct casework *house = *state;
    if (!house)
        return;
    if (house->keys)
        keystore_cases_close(&house->keys);
    seal_opener_free(&house->opener);
    keystore_free(&house->keystore);
    owners_free(&house->owners);
    places_free(&house->places);
    calendar_free(&house->calendar);
    catalogue_free(&house->catalogue);
    site_free(&house->site);
    free(house);
    *state = NULL;
}

static bool open_state(const struct daemon_setup *setup, void **state, struct error *error) {
    struct casework *house = calloc(1, sizeof *house);
    if (!house)
        return error_set(error, "no memory");
    *state = house;
    house->random = setup->random;
    if (load_site(house, setup->site_dir, error) && load_keystore(house, setup, error) &&
        open_keys(house, setup, error))
        return true;
    close_state(state);
    return false;
}

bool casework_check(const char *site_dir, struct error *error) {
    struct casework house = {.site = NULL};
    bool sound = load_site(&house, site_dir, error) && catalogue_check(house.catalogue, site_dir, error);
    owners_free(&house.owners);
    places_free(&house.places);
    calendar_free(&house.calendar);
    catalogue_free(&house.catalogue);
    site_free(&house.site);
    return sound;
}

/* ---- inputs */

static void has_started(void *state, const void *argument) {
    struct casework *house = state;
    house->started = *(const bool *)argument;
}

/* Tried again when it could not be committed, and looked at again when effects are released. */
static enum verdict on_start(struct turn *turn) {
    static const bool started = true;
    const struct casework *house = turn->state;
    if (!house->started)
        keys_replay(turn);
    cases_begin(turn);
    turn_after_commit(turn, has_started, &started, sizeof started);
    return VERDICT_DONE;
}

static enum verdict on_event(struct turn *turn, const Sigap__Event *event) {
    switch (event->body_case) {
    case SIGAP__EVENT__BODY_CASE_OPENED:
        return hear_case_opened(turn, event);
    case SIGAP__EVENT__BODY_REPORT_JOINED:
        return hear_report_joined(turn, event);
    case SIGAP__EVENT__BODY_CASE_CHANGED:
        return hear_case_changed(turn, event);
    case SIGAP__EVENT__BODY_CASE_MERGED:
        return hear_case_merged(turn, event);
    case SIGAP__EVENT__BODY_REPORT_PARTED:
        return hear_report_parted(turn, event);
    case SIGAP__EVENT__BODY_REFERRAL_OPENED:
        return hear_referral_opened(turn, event);
    case SIGAP__EVENT__BODY_REFERRAL_MOVED:
        return hear_referral_moved(turn, event);
    case SIGAP__EVENT__BODY_OFFER_SENT:
        return hear_offer_sent(turn, event);
    case SIGAP__EVENT__BODY_OFFER_MOVED:
        return hear_offer_moved(turn, event);
    case SIGAP__EVENT__BODY_ALERT_RAISED:
        return hear_alert_raised(turn, event);
    case SIGAP__EVENT__BODY_ALERT_MOVED:
        return hear_alert_moved(turn, event);
    case SIGAP__EVENT__BODY_DELIVERY_ENDED:
        return hear_delivery_ended(turn, event);
    case SIGAP__EVENT__BODY_COMMAND_ISSUED:
        return obey(turn, event->command_issued);
    case SIGAP__EVENT__BODY__NOT_SET:
    case SIGAP__EVENT__BODY_REPORT_RECEIVED:
    case SIGAP__EVENT__BODY_REPORT_IN_REVIEW:
    case SIGAP__EVENT__BODY_REPORT_CLOSED:
    case SIGAP__EVENT__BODY_TASKS_PLANNED:
    case SIGAP__EVENT__BODY_TASK_MOVED:
    case SIGAP__EVENT__BODY_TASK_REMINDER:
    case SIGAP__EVENT__BODY_FACT_RECORDED:
    case SIGAP__EVENT__BODY_CASE_CLOSED:
    case SIGAP__EVENT__BODY_COMMAND_ANSWERED:
    case SIGAP__EVENT__BODY_INPUT_PARKED:
    case _SIGAP__EVENT__BODY__CASE_IS_INT_SIZE:
        break;
    }
    return VERDICT_DONE;
}

/* An open case's next deadline, the end of a closed case's time in the archive, or more erasures to replay.
 */
static enum verdict on_timer(struct turn *turn, uint32_t kind, const struct id *object, int64_t due_at) {
    if (kind == TIMER_REPLAY)
        keys_replay_erasures(turn);
    struct work *work = kind == TIMER_CASE ? work_load(turn, object) : NULL;
    if (!work && kind == TIMER_CASE && case_is_known(turn, object))
        return turn_park(turn, "the case's row cannot be read"); /* its timer must not be lost */
    if (!work || work->file.next_at != due_at)
        return VERDICT_DONE; /* erased or moved meanwhile */
    work->timer_at = 0;      /* it has rung */
    switch (work->file.state) {
    case CASE_OPEN:
        plan_clock(&work->plan);
        work_save(work, "casework", "");
        break;
    case CASE_CLOSED:
        case_erase(work, "casework");
        break;
    case CASE_ERASED:
        break;
    }
    return VERDICT_DONE;
}

static enum verdict on_view(struct turn *turn, const Sigap__View *view, Sigap__ViewAnswer *answer) {
    return show(turn, view, answer);
}

/* ---- the key file: a second store, durable before what its keys seal */

static enum store_health before_commit(void *state) {
    struct casework *house = state;
    if (house->keys_failed)
        return STORE_FATAL;
    switch (keystore_cases_commit(house->keys)) {
    case KEYSTORE_CASES_DONE:
        return STORE_OK;
    case KEYSTORE_CASES_FATAL:
        house->keys_failed = true;
        break;
    case KEYSTORE_CASES_RETRY:
    case KEYSTORE_CASES_MISSING:
    case KEYSTORE_CASES_DESTROYED:
    case KEYSTORE_CASES_OTHER:
        break;
    }
    log_line(LOG_ERROR, "case-keys", "fatal=%d reason=%s", house->keys_failed,
        log_value(keystore_cases_error(house->keys)));
    return house->keys_failed ? STORE_FATAL : STORE_FULL; /* nobody else writes there */
}

static void rolled_back(void *state) {
    struct casework *house = state;
    keystore_cases_rollback(house->keys);
}

static void hold_log(void *state, bool held) {
    struct casework *house = state;
    keystore_cases_hold(house->keys, held);
}

static void idle(void *state, int64_t monotonic_ms) {
    struct casework *house = state;
    (void)monotonic_ms;
    if (!house->keys_failed)
        keystore_cases_idle(house->keys);
}

static void casework_metrics(void *state, struct metrics *metrics) {
    const struct casework *house = state;
    metrics_gauge(metrics, "sigap_casework_keys_failed", "1 when the store of case keys cannot be written.",
        house->keys_failed);
    metrics_gauge(metrics, "sigap_casework_keys_residue",
        "1 when wiped case keys may still lie in the store's free pages.",
        keystore_cases_residue(house->keys));
}

static const Sigap__Event__BodyCase hears[] = {SIGAP__EVENT__BODY_CASE_OPENED,
    SIGAP__EVENT__BODY_REPORT_JOINED, SIGAP__EVENT__BODY_CASE_CHANGED, SIGAP__EVENT__BODY_CASE_MERGED,
    SIGAP__EVENT__BODY_REPORT_PARTED, SIGAP__EVENT__BODY_REFERRAL_OPENED, SIGAP__EVENT__BODY_REFERRAL_MOVED,
    SIGAP__EVENT__BODY_OFFER_SENT, SIGAP__EVENT__BODY_OFFER_MOVED, SIGAP__EVENT__BODY_ALERT_RAISED,
    SIGAP__EVENT__BODY_ALERT_MOVED, SIGAP__EVENT__BODY_DELIVERY_ENDED, SIGAP__EVENT__BODY_COMMAND_ISSUED,
    SIGAP__EVENT__BODY__NOT_SET};

static const char *const lists[] = {"cases", "tasks", NULL};

const struct daemon casework_daemon = {
    .name = "casework",
    .purpose = "the case file: playbooks, follow-up tasks, deadlines, outcomes, and the keys of cases",
    .schema = &casework_schema,
    .reserve_bytes = 8 << 20, /* an hour of urgent cases: 8 MiB / 2 KiB = 4096 */
    .open = open_state,
    .close = close_state,
    .on_start = on_start,
    .on_event = on_event,
    .hears = hears,
    .on_timer = on_timer,
    .lists = lists,
    .on_view = on_view,
    .before_commit = before_commit,
    .rolled_back = rolled_back,
    .hold_log = hold_log,
    .idle = idle,
    .check = casework_check,
    .metrics = casework_metrics,
};

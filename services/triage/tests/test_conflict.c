/* Conflict of interest: whom a report accuses, and who is then out of the chain. */
#include "common/rights.h"
#include "services/triage/conflict.h"
#include "services/triage/tests/world.h"
#include "triage_sql.h"

static const struct {
    const char *text, *facility; /* NULL: no conflict; "": not known which */
} reports[] = {
    {"di panti swasta rungkut surabaya anak2 sering dipukuli pengasuh, saya mantan staf, ada bukti video",
        ""},
    {"Anak umur 10 tahun di PPSPA Batu dipukuli pengasuh panti sampai lebam, tolong jangan bocor ke panti",
        "JTM-PPSPA-BATU"},
    {"Anak umur 10 tahun di PPSPA Batu dipukuli pengasuh panti sampai lebam, lalu dipindah ke PRSMP Surabaya "
     "dan di sana dipukuli pengasuh panti lagi",
        "JTM-PPSPA-BATU JTM-PRSMP-SBY"},
    {"Anak di Krian Sidoarjo dipukuli oleh ibu tirinya, badannya lebam", NULL},
    {"Anak umur 12 tahun dipukuli ayahnya sampai lebam di Kota Batu, rumahnya dekat PPSPA Batu", NULL},
    /* Who of an institution did it, by any word for a wrong, before the verb or behind the passive. */
    {"Kepala UPT PPSPA Batu menampar anak umur 11 tahun penghuni", "JTM-PPSPA-BATU"},
    {"Petugas PPSPA Batu menendang anak umur 10 tahun", "JTM-PPSPA-BATU"},
    {"Pengurus PPSPA Batu mencabuli anak asuh umur 13 tahun", "JTM-PPSPA-BATU"},
    {"Staf shelter PPSPA Batu memperkosa remaja putri 16 tahun", "JTM-PPSPA-BATU"},
    {"Anak umur 12 tahun ditampar kepala UPT PPSPA Batu", "JTM-PPSPA-BATU"},
    {"Anak umur 12 tahun ditampar salah satu oknum pegawai PPSPA Batu", "JTM-PPSPA-BATU"},
    {"Nenek saya di PSTW Magetan ditampar pegawainya", "JTM-PSTW-MGT"},
    {"Sopir UPT PSTW Magetan memukul kakek", "JTM-PSTW-MGT"},
    {"Saya korban KDRT dititipkan di shelter PPSPA Batu, satpamnya meraba raba saya, saya 17 tahun",
        "JTM-PPSPA-BATU"},
    {"Di panti PSTW Magetan mbah saya tidak diberi makan dan dimarahi petugas", "JTM-PSTW-MGT"},
    {"Perawat di RSJ Lawang mengikat dan memukul pasien ODGJ, pasien dirantai di tempat tidur tiga hari",
        "RS-LAWANG"},
    {"Perawat di RSJ Menur menendang pasien ODGJ sampai berdarah", "RS-MENUR"},
    /* An office. */
    {"Petugas UPTD PPA Sidoarjo melecehkan korban perempuan 19 tahun yang melapor minggu lalu", "office:PPA"},
    {"Oknum Satgas PPA Jember memerkosa korban umur 15 tahun", "office:PPA"},
    {"Pak TKSK di Kecamatan Taman Sidoarjo minta uang 500 ribu supaya bansos nenek saya cair", "office:TKSK"},
    {"Anak korban pencabulan oleh oknum petugas dinsos Gresik", "office:KAB"},
    /* Who helps, reports, brings, is near or suffers is no doer. */
    {"Petugas PPA menolong korban yang dipukul suami", NULL},
    {"Guru melaporkan murid dipukul bapaknya", NULL},
    {"Petugas panti menolong anak yang dipukul ayahnya sampai berdarah", NULL},
    {"Kepala panti melapor anak dipukuli ayahnya sampai lebam", NULL},
    {"Anak dipukul ayahnya sampai lebam lalu dijemput oleh petugas UPTD PPA", NULL},
    {"Dipukul suami sampai berdarah, sudah lapor sama petugas UPTD PPA", NULL},
    {"Guru SMP memukul murid sampai berdarah di Krian", NULL},
    {"Sopir angkot memperkosa penumpang dekat panti", NULL},
    {"Petugas panti dipukul anak asuh sampai berdarah", NULL},
    {"ODGJ dirantai keluarga, kakinya luka, mohon petugas RSJ Lawang menjemput", NULL},
    {"Laporan Tagana pukul 11.00, longsor di Gucialit, dua rumah rusak, tiga orang terjebak", NULL},
};

static void test_who_is_accused(void **state) {
    struct world *world = *state;
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        report(world, reports[i].text, 0);
        const struct fixture_record *record = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED);
        if (!record)
            fail_msg("no case for: %s", reports[i].text);
        const Sigap__CaseOpened *opened = record->event->case_opened;
        const char *conflict = NULL, *facility = "";
        for (size_t k = 0; k < opened->n_facts; k++) {
            if (strcmp(opened->facts[k]->name, "conflict_of_interest") == 0)
                conflict = opened->facts[k]->value;
            if (strcmp(opened->facts[k]->name, "conflict_facility") == 0)
                facility = opened->facts[k]->value;
        }
        if ((conflict != NULL) != (reports[i].facility != NULL) ||
            strcmp(facility, reports[i].facility ? reports[i].facility : "") != 0)
            fail_msg(
                "%s: conflict %s, facility '%s'", reports[i].text, conflict ? conflict : "none", facility);
        fixture_forget(world->fixture);
    }
}

/* `sigapctl triage explain`, for programs and for people. */
static void test_explain_says_who_is_accused(void **state) {
    static const char *const told[] = {
        "conflict_facility=JTM-PPSPA-BATU", "\"conflict_facility\":\"JTM-PPSPA-BATU\""};
    char line[512];
    (void)state;
    for (int json = 0; json < 2; json++) {
        char *output = NULL;
        size_t size = 0;
        if (json)
            snprintf(line, sizeof line, "{\"text\":\"%s\"}\n", reports[1].text);
        else
            snprintf(line, sizeof line, "%s\n", reports[1].text);
        FILE *in = fmemopen(line, strlen(line), "r"), *out = open_memstream(&output, &size);
        assert_int_equal(triage_explain_main(SIGAP_SOURCE_DIR "/deploy/sites/jatim", json, in, out), 0);
        fclose(in);
        fclose(out);
        assert_non_null(strstr(output, told[json]));
        free(output);
    }
}

static unsigned look_from(
    struct world *world, const struct id *case_id, const char *account, const char *facility) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    char *roles[] = {(char *)"operator", (char *)"TRI"}, *areas[] = {(char *)"*"}, *of = (char *)facility;
    unsigned status;
    actor.account = (char *)account;
    actor.roles = roles;
    actor.n_roles = 2;
    actor.areas = areas;
    actor.n_areas = 1;
    actor.facilities = &of;
    actor.n_facilities = facility != NULL;
    what.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    json_decref(fixture_view(world->fixture, &view, &status));
    return status;
}

static unsigned look(struct world *world, const struct id *case_id, const char *account) {
    return look_from(world, case_id, account, NULL);
}

/* Of the office that is accused, and of the same regency. */
static unsigned look_as(struct world *world, const struct id *case_id, const char *role, const char *area) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__CaseView what = SIGAP__CASE_VIEW__INIT;
    char *roles[] = {(char *)"operator", (char *)role}, *areas[] = {(char *)area};
    unsigned status;
    actor.account = (char *)"somebody";
    actor.roles = roles;
    actor.n_roles = 2;
    actor.areas = areas;
    actor.n_areas = 1;
    what.case_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)case_id->bytes};
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_CASE_FILE;
    view.case_file = &what;
    json_decref(fixture_view(world->fixture, &view, &status));
    return status;
}

static struct id last_case(struct world *world) {
    const Sigap__Event *opened = fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED)->event;
    struct id case_id;
    assert_true(id_from_bytes(opened->case_id.data, opened->case_id.len, &case_id));
    return case_id;
}

static void record_fact(struct world *world, struct id *case_id, const char *name, const char *value) {
    Sigap__FactRecorded recorded = SIGAP__FACT_RECORDED__INIT;
    Sigap__Fact fact = SIGAP__FACT__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    fact.name = (char *)name;
    fact.value = (char *)value;
    recorded.fact = &fact;
    event.body_case = SIGAP__EVENT__BODY_FACT_RECORDED;
    event.fact_recorded = &recorded;
    event.case_id = (ProtobufCBinaryData){ID_BYTES, case_id->bytes};
    fixture_event(world->fixture, "casework", LANE_URGENT, &event);
    fixture_turn(world->fixture);
}

static void record_conflict(struct world *world, struct id *case_id, const char *account) {
    record_fact(world, case_id, RIGHTS_CONFLICT_OFFICER, account);
}

/* What the command is, and `command`'s own part, are set. */
static void order(struct world *world, const char *account, Sigap__CommandIssued *command) {
    char *roles[] = {(char *)"operator", (char *)"TRI"}, *areas[] = {(char *)"*"};
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__Event event = SIGAP__EVENT__INIT;
    struct id command_id = fixture_id(world->fixture);
    actor.account = (char *)account;
    actor.roles = roles;
    actor.n_roles = 2;
    actor.areas = areas;
    actor.n_areas = 1;
    command->command_id = (ProtobufCBinaryData){ID_BYTES, command_id.bytes};
    command->actor = &actor;
    command->reason = (char *)"stated";
    event.body_case = SIGAP__EVENT__BODY_COMMAND_ISSUED;
    event.command_issued = command;
    fixture_event(world->fixture, "console", LANE_URGENT, &event);
    fixture_turn(world->fixture);
}

static void part_by(struct world *world, const char *account, const struct id *report_id) {
    Sigap__SplitReport parting = SIGAP__SPLIT_REPORT__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    parting.report_id = (ProtobufCBinaryData){ID_BYTES, (uint8_t *)report_id->bytes};
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT;
    command.split_report = &parting;
    order(world, account, &command);
}

static void part(struct world *world, const struct id *report_id) {
    part_by(world, "ani", report_id);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_PARTED), 1);
}

static void merge(struct world *world, struct id *merged, struct id *into) {
    Sigap__MergeCase merging = SIGAP__MERGE_CASE__INIT;
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    merging.case_id = (ProtobufCBinaryData){ID_BYTES, merged->bytes};
    merging.into = (ProtobufCBinaryData){ID_BYTES, into->bytes};
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE;
    command.merge_case = &merging;
    order(world, "ani", &command);
}

/* Of the case that was opened last: "" when it does not open with it. */
static const char *opened_with(struct world *world, const char *name) {
    const Sigap__CaseOpened *opened =
        fixture_last(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED)->event->case_opened;
    const char *value = "";
    unsigned found = 0;
    for (size_t i = 0; i < opened->n_facts; i++)
        if (strcmp(opened->facts[i]->name, name) == 0) {
            value = opened->facts[i]->value;
            found++;
        }
    assert_true(found <= 1);
    return value;
}

/* Whoever is in conflict stays out of what is taken out of the case, from its first record on. */
static void test_a_parted_report_keeps_the_conflict(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id from = last_case(world), copy = report(world, SHACKLED, 2);
    record_conflict(world, &from, "budi");
    record_conflict(world, &from, "budi joko");
    record_fact(world, &from, "conflict_facility", "JTM-PPSPA-BATU");
    record_fact(world, &from, "conflict_of_interest", "yes");
    part(world, &copy);
    struct id parted = last_case(world);
    assert_memory_not_equal(parted.bytes, from.bytes, ID_BYTES);
    assert_string_equal(opened_with(world, RIGHTS_CONFLICT_OFFICER), "budi joko");
    assert_string_equal(opened_with(world, "conflict_facility"), "JTM-PPSPA-BATU");
    assert_string_equal(opened_with(world, "conflict_of_interest"), "yes");
    assert_int_equal(look(world, &parted, "budi"), 404);
    assert_int_equal(look(world, &parted, "joko"), 404);
    assert_int_equal(look(world, &parted, "ani"), 200);
}

static unsigned listed_for(struct world *world, const char *facility) {
    Sigap__Actor actor = SIGAP__ACTOR__INIT;
    Sigap__View view = SIGAP__VIEW__INIT;
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    char *roles[] = {(char *)"operator", (char *)"TRI"}, *areas[] = {(char *)"*"}, *of = (char *)facility;
    unsigned status;
    actor.account = (char *)"staff";
    actor.roles = roles;
    actor.areas = areas;
    actor.facilities = &of;
    actor.n_roles = 2;
    actor.n_areas = actor.n_facilities = 1;
    what.name = (char *)"cases";
    view.actor = &actor;
    view.what_case = SIGAP__VIEW__WHAT_LIST;
    view.list = &what;
    json_t *json = fixture_view(world->fixture, &view, &status);
    assert_int_equal(status, 200);
    unsigned count = (unsigned)json_array_size(json);
    json_decref(json);
    return count;
}

/* Staff of who is accused, whatever areas they have: until a person finds out that it was not them. */
static void test_a_case_is_closed_to_who_is_accused(void **state) {
    struct world *world = *state;
    report(world,
        "Anak umur 10 tahun di PPSPA Batu dipukuli pengasuh panti sampai lebam, tolong jangan bocor", 1);
    struct id accusing = last_case(world);
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PPSPA-BATU"), 404);
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PRSMP-SBY"), 200);
    assert_int_equal(look_from(world, &accusing, "staff", "no-such"), 200);
    assert_int_equal(listed_for(world, "JTM-PPSPA-BATU"), 0);
    assert_int_equal(listed_for(world, "JTM-PRSMP-SBY"), 1);
    record_fact(world, &accusing, "conflict_facility", "no");
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PPSPA-BATU"), 200);
    assert_int_equal(listed_for(world, "JTM-PPSPA-BATU"), 1);
}

/* "Pengasuh panti": any of the regency may be meant, until somebody finds out. */
static void test_a_case_that_names_nobody_is_closed_to_its_regency(void **state) {
    struct world *world = *state;
    report(world,
        "Anak umur 10 tahun di panti di Kecamatan Batu Kota Batu dipukuli pengasuh panti sampai lebam", 1);
    struct id accusing = last_case(world);
    assert_string_equal(opened_with(world, RIGHTS_CONFLICT_OF_INTEREST), "yes");
    assert_string_equal(opened_with(world, RIGHTS_CONFLICT_FACILITY), "");
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PPSPA-BATU"), 404);
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PRSMP-SBY"), 200);
    assert_int_equal(listed_for(world, "JTM-PPSPA-BATU"), 0);
    assert_int_equal(listed_for(world, "JTM-PRSMP-SBY"), 1);
    record_fact(world, &accusing, RIGHTS_CONFLICT_FACILITY, "JTM-PRSMP-SBY");
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PPSPA-BATU"), 200);
    assert_int_equal(listed_for(world, "JTM-PPSPA-BATU"), 1);
    assert_int_equal(listed_for(world, "JTM-PRSMP-SBY"), 0);
    record_fact(world, &accusing, RIGHTS_CONFLICT_FACILITY, "unknown");
    assert_int_equal(listed_for(world, "JTM-PPSPA-BATU"), 0);
    record_fact(world, &accusing, RIGHTS_CONFLICT_FACILITY, "no");
    assert_int_equal(look_from(world, &accusing, "staff", "JTM-PPSPA-BATU"), 200);
    assert_int_equal(listed_for(world, "JTM-PPSPA-BATU"), 1);
}

/* Nobody of the office in the regency reads it, until somebody finds that it was none of them. */
static void test_a_case_is_closed_to_the_accused_office(void **state) {
    struct world *world = *state;
    report(
        world, "Petugas UPTD PPA Sidoarjo melecehkan korban perempuan 19 tahun yang melapor minggu lalu", 1);
    struct id accusing = last_case(world);
    assert_string_equal(opened_with(world, RIGHTS_CONFLICT_FACILITY), "office:PPA");
    assert_int_equal(look_as(world, &accusing, "PPA", "35.15"), 404);
    assert_int_equal(look_as(world, &accusing, "KOR", "*"), 200);
    record_fact(world, &accusing, RIGHTS_CONFLICT_FACILITY, "no");
    assert_int_equal(look_as(world, &accusing, "PPA", "35.15"), 200);
}

/* Casework tells the whole list each time: it is kept once. */
static void test_officers_are_kept_once(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id case_id = last_case(world);
    record_conflict(world, &case_id, "budi");
    record_conflict(world, &case_id, "budi joko");
    record_conflict(world, &case_id, "budi joko tini");
    struct statement *get = triage_use(fixture_store(world->fixture), TRIAGE_CASE_GET);
    bind_id(get, &case_id);
    assert_true(statement_step(get));
    assert_string_equal(column_text(get, 17), "budi joko tini");
    statement_end(get);
}

/* What was taken back is not brought over; what the report says itself stands beside. */
static void test_only_the_conflict_that_is_left_is_carried(void **state) {
    static const char beaten[] =
        "Anak umur 10 tahun di PPSPA Batu dipukuli pengasuh panti sampai lebam, tolong jangan bocor ke panti";
    struct world *world = *state;
    report(world, beaten, 1);
    struct id from = last_case(world), copy = report(world, beaten, 2);
    record_fact(world, &from, "conflict_facility", "JTM-PPSPA-BATU JTM-PRSMP-SBY");
    part(world, &copy);
    assert_string_equal(opened_with(world, "conflict_facility"), "JTM-PPSPA-BATU JTM-PRSMP-SBY");
    assert_string_equal(opened_with(world, RIGHTS_CONFLICT_OFFICER), "");
    fixture_forget(world->fixture);
    report(world, SHACKLED, 3);
    from = last_case(world), copy = report(world, SHACKLED, 4);
    record_fact(world, &from, "conflict_facility", "JTM-PPSPA-BATU");
    record_fact(world, &from, "conflict_of_interest", "yes");
    record_fact(world, &from, "conflict_facility", "no");
    record_fact(world, &from, "conflict_of_interest", "no");
    part(world, &copy);
    assert_string_equal(opened_with(world, "conflict_facility"), "");
    assert_string_equal(opened_with(world, "conflict_of_interest"), "");
}

/* The case that another is merged into tells what they are accused of: it is closed to them at once. */
static void test_a_merge_hands_conflict_on(void **state) {
    struct world *world = *state;
    report(world, SHACKLED ", namanya Parto", 1);
    struct id merged = last_case(world);
    report(world, SHACKLED ", namanya Slamet", 2);
    struct id into = last_case(world);
    record_conflict(world, &merged, "budi");
    assert_int_equal(look(world, &into, "budi"), 200);
    merge(world, &merged, &into);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED), 1);
    assert_int_equal(look(world, &into, "budi"), 404);
    assert_int_equal(look(world, &into, "ani"), 200);
}

/* What a person records is recorded of the whole, and who is in conflict there neither reads nor parts what
 * is merged into it. What is parted from that opens with them. */
static void test_the_conflict_of_the_whole_counts_for_what_it_holds(void **state) {
    static const char *const texts[] = {SHACKLED ", namanya Parto", SHACKLED ", namanya Slamet, kakaknya",
        SHACKLED ", namanya Wagiman, tetangganya"};
    struct world *world = *state;
    struct id cases[3];
    for (size_t i = 0; i < 3; i++) {
        report(world, texts[i], (uint8_t)(1 + i));
        cases[i] = last_case(world);
    }
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 3);
    struct id copy = report(world, texts[0], 4);
    merge(world, &cases[0], &cases[1]);
    merge(world, &cases[1], &cases[2]);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_MERGED), 2);
    record_conflict(world, &cases[2], "budi");
    record_fact(world, &cases[2], "conflict_of_interest", "yes");
    record_fact(world, &cases[1], "conflict_facility", "JTM-PPSPA-BATU");
    assert_int_equal(look(world, &cases[0], "budi"), 404);
    assert_int_equal(look(world, &cases[0], "ani"), 200);
    part_by(world, "budi", &copy);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_REPORT_PARTED), 0);
    part_by(world, "ani", &copy);
    struct id parted = last_case(world);
    assert_int_equal(fixture_count(world->fixture, SIGAP__EVENT__BODY_CASE_OPENED), 4);
    assert_string_equal(opened_with(world, RIGHTS_CONFLICT_OFFICER), "budi");
    assert_string_equal(opened_with(world, "conflict_facility"), "JTM-PPSPA-BATU");
    assert_string_equal(opened_with(world, "conflict_of_interest"), "yes");
    assert_int_equal(look(world, &parted, "budi"), 404);
}

/* What casework has recorded closes the case to the officer, and to nobody else. */
static void test_an_officer_in_conflict_sees_nothing(void **state) {
    struct world *world = *state;
    report(world, SHACKLED, 1);
    struct id case_id = last_case(world);
    assert_int_equal(look(world, &case_id, "budi"), 200);
    record_conflict(world, &case_id, "budi");
    assert_int_equal(look(world, &case_id, "budi"), 404);
    assert_int_equal(look(world, &case_id, "budiman"), 200);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_who_is_accused),
        TEST(test_explain_says_who_is_accused),
        TEST(test_an_officer_in_conflict_sees_nothing),
        TEST(test_a_merge_hands_conflict_on),
        TEST(test_the_conflict_of_the_whole_counts_for_what_it_holds),
        TEST(test_a_parted_report_keeps_the_conflict),
        TEST(test_a_case_is_closed_to_who_is_accused),
        TEST(test_a_case_that_names_nobody_is_closed_to_its_regency),
        TEST(test_a_case_is_closed_to_the_accused_office),
        TEST(test_officers_are_kept_once),
        TEST(test_only_the_conflict_that_is_left_is_carried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* people and duty: who is told, and when. Orders go over the local socket to the notifier, which keeps them
 * sealed; nothing of them is written here. */
#include "ctl.h"

#include "common/clock.h"
#include "common/hmac.h"
#include "common/id.h"
#include "proto/console.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE_MOST = 32, CONTACTS_MOST = 6, FRAME_MOST = 16 << 10 };

/* --- asking --- */

static json_t *read_list(const char *name, unsigned limit, unsigned *status) {
    Sigap__ListView what = SIGAP__LIST_VIEW__INIT;
    what.name = (char *)name;
    what.limit = limit;
    return ask_list("notifier", &what, 5000, status);
}

static int print_list(const char *name) {
    unsigned status;
    json_t *answer = read_list(name, 0, &status);
    return ctl_print(answer, status, "notifier");
}

/* Gives the order; prints the sentence. Returns the exit status. */
static int give(Sigap__CommandIssued *command) {
    static uint8_t frame[FRAME_MOST];
    static char text[FRAME_MOST * 4 / 3 + 8];
    struct id id;
    unsigned status;
    random_fill(&random_real, id.bytes, ID_BYTES);
    command->command_id = (ProtobufCBinaryData){ID_BYTES, id.bytes};
    size_t size = sigap__command_issued__get_packed_size(command);
    if (size > sizeof frame)
        return ctl_fail("too much for one order");
    sigap__command_issued__pack(command, frame);
    hmac_base64_encode(frame, size, HMAC_BASE64_URL, text, sizeof text);
    json_t *answer = ask_control("notifier", "duty.order", text, &status);
    const char *sentence = json_string_value(json_object_get(answer, "sentence"));
    int result = status == 200 ? 0 : 1;
    char shown[ID_TEXT + 1];
    id_to_text(&id, shown);
    if (!status)
        ctl_fail("notifier does not answer; is the site running?");
    else if (status != 200)
        ctl_fail("%u: %s", status, sentence ? sentence : "refused");
    else
        printf("%s (version %lld, order %s)\n", sentence ? sentence : "",
            (long long)json_integer_value(json_object_get(answer, "version")), shown);
    json_decref(answer);
    return result;
}

/* --- words --- */

/* What stands behind "key=" of a word; NULL: it is another. */
static const char *value_of(const char *word, const char *key) {
    size_t size = strlen(key);
    return strncmp(word, key, size) == 0 && word[size] == '=' ? word + size + 1 : NULL;
}

/* --- people --- */

static bool take_contact(json_t *contacts, const char *word) {
    const char *colon = strchr(word, ':');
    if (!colon && strcmp(word, "outbox") != 0)
        return false;
    json_t *contact = json_object();
    json_object_set_new(
        contact, "channel", json_stringn(word, colon ? (size_t)(colon - word) : strlen(word)));
    if (colon)
        json_object_set_new(contact, "address", json_string(colon + 1));
    json_array_append_new(contacts, contact);
    return json_array_size(contacts) <= CONTACTS_MOST;
}

static bool take_quiet(json_t *details, const char *word) {
    const char *dash = strchr(word, '-');
    if (!dash)
        return false;
    json_t *quiet = json_object();
    json_object_set_new(quiet, "from", json_stringn(word, (size_t)(dash - word)));
    json_object_set_new(quiet, "until", json_string(dash + 1));
    json_object_set_new(details, "quiet", quiet);
    return true;
}

static bool take_word(json_t *details, json_t *contacts, Sigap__CommandIssued *command, const char *word) {
    static const char *const texts[] = {"name", "area", "zone", "language"};
    const char *value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if ((value = value_of(word, texts[i])))
            return json_object_set_new(details, texts[i], json_string(value)) == 0;
    if ((value = value_of(word, "contact")))
        return take_contact(contacts, value);
    if ((value = value_of(word, "quiet")))
        return take_quiet(details, value);
    if ((value = value_of(word, "version")))
        return (command->expected_version = strtoull(value, NULL, 10)) > 0;
    return false;
}

/* "-": JSON from the standard input, so that nobody reads a name in a list of processes or a shell's history.
 * NULL: no words of ours. */
static json_t *read_details(int argc, char **argv, Sigap__CommandIssued *command) {
    if (argc == 1 && strcmp(argv[0], "-") == 0)
        return json_loadf(stdin, JSON_REJECT_DUPLICATES, NULL);
    json_t *details = json_object(), *contacts = json_array();
    bool good = true;
    for (int i = 0; i < argc && good; i++)
        good = take_word(details, contacts, command, argv[i]);
    json_object_set_new(details, "contacts", contacts);
    if (!good) {
        json_decref(details);
        details = NULL;
    }
    return details;
}

static int set_person(int argc, char **argv) {
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__SetPerson set = SIGAP__SET_PERSON__INIT;
    json_t *details = read_details(argc - 1, argv + 1, &command);
    char *text = details ? json_dumps(details, JSON_COMPACT) : NULL;
    json_decref(details);
    set.person = argv[0];
    set.details = (ProtobufCBinaryData){text ? strlen(text) : 0, (uint8_t *)text};
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON;
    command.set_person = &set;
    int result = text ? give(&command)
                      : ctl_misused("people set CODE - (JSON on the standard input) | name=... "
                                    "[contact=email:ADDRESS] [contact=outbox] "
                                    "[quiet=21:00-06:00] [zone=Asia/Jakarta] [language=id] [area=35.07] "
                                    "[version=N]");
    free(text);
    return result;
}

/* Has left, or has lost their telephone. */
static int end_of_person(const char *code, bool links_only) {
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__SetPerson set = SIGAP__SET_PERSON__INIT;
    set.person = (char *)code;
    set.remove = !links_only;
    set.void_links = links_only;
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON;
    command.set_person = &set;
    return give(&command);
}

int ctl_people(struct ctl *ctl, int argc, char **argv) {
    bool set = argc > 3 && strcmp(argv[1], "set") == 0, remove = argc == 3 && strcmp(argv[1], "remove") == 0,
         links = argc == 3 && strcmp(argv[1], "void-links") == 0;
    if (!set && !remove && !links && (argc != 2 || strcmp(argv[1], "list") != 0))
        return ctl_misused("people: set CODE name=... contact=CHANNEL:ADDRESS ... | remove CODE | void-links "
                           "CODE | list");
    if (!ctl_enter_data(ctl))
        return 1;
    if (remove || links)
        return end_of_person(argv[2], links);
    return set ? set_person(argc - 2, argv + 2) : print_list("people");
}

/* --- rotas --- */

static unsigned split(char *text, char *out[PEOPLE_MOST]) {
    unsigned count = 0;
    for (char *each, *rest = text; (each = strsep(&rest, ",")) && count < PEOPLE_MOST;)
        out[count++] = each;
    return count;
}

static bool take_rota_word(
    Sigap__SetRota *set, Sigap__CommandIssued *command, char *people[PEOPLE_MOST], const char *word) {
    const struct {
        const char *key;
        char **text;
    } texts[] = {{"period", &set->period}, {"handover", &set->handover}, {"start", &set->start},
        {"end", &set->end}, {"zone", &set->zone}};
    const char *value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if ((value = value_of(word, texts[i].key)))
            return *texts[i].text = (char *)value, true;
    if ((value = value_of(word, "people")))
        return (set->n_people = split((char *)value, people)) > 0;
    if ((value = value_of(word, "at_once")))
        return (set->at_once = (uint32_t)strtoul(value, NULL, 10)) > 0;
    if ((value = value_of(word, "version")))
        return (command->expected_version = strtoull(value, NULL, 10)) > 0;
    return false;
}

static int set_rota(int argc, char **argv) {
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__SetRota set = SIGAP__SET_ROTA__INIT;
    char *people[PEOPLE_MOST];
    bool good = true;
    set.team = argv[0];
    set.people = people;
    set.period = (char *)"week";
    set.handover = (char *)"07:00";
    set.remove = argc == 2 && strcmp(argv[1], "remove") == 0;
    for (int i = 1; i < argc && good && !set.remove; i++)
        good = take_rota_word(&set, &command, people, argv[i]);
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA;
    command.set_rota = &set;
    return good ? give(&command)
                : ctl_misused(
                      "duty set TEAM people=CODE,CODE start=2026-03-02 [period=day|week] [handover=07:00] "
                      "[end=DAY] [at_once=N] [zone=Asia/Jakarta] [version=N] | duty set TEAM remove");
}

static int set_override(int argc, char **argv) {
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    Sigap__SetOverride set = SIGAP__SET_OVERRIDE__INIT;
    const struct {
        const char *key;
        char **text;
    } texts[] = {
        {"person", &set.person}, {"instead_of", &set.instead_of}, {"from", &set.from}, {"until", &set.until}};
    struct id id;
    bool good = argc > 1;
    set.team = argv[0];
    for (int i = 1; i < argc && good; i++) {
        const char *value = value_of(argv[i], "remove");
        good = value && id_from_text(value, &id);
        if (good)
            set.remove = (ProtobufCBinaryData){ID_BYTES, id.bytes};
        for (size_t k = 0; k < sizeof texts / sizeof *texts && !good; k++)
            if ((value = value_of(argv[i], texts[k].key)))
                good = (*texts[k].text = (char *)value) != NULL;
    }
    command.command_case = SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE;
    command.set_override = &set;
    return good ? give(&command)
                : ctl_misused("duty override TEAM person=CODE [instead_of=CODE] from=2026-03-02T07:00 "
                              "until=2026-03-03T07:00 | duty override TEAM remove=ORDER");
}

int ctl_duty(struct ctl *ctl, int argc, char **argv) {
    bool set = argc > 3 && strcmp(argv[1], "set") == 0,
         override = argc > 3 && strcmp(argv[1], "override") == 0;
    if (!set && !override && (argc != 2 || strcmp(argv[1], "list") != 0))
        return ctl_misused("duty: set TEAM people=... start=... | override TEAM ... | list");
    if (!ctl_enter_data(ctl))
        return 1;
    return set        ? set_rota(argc - 2, argv + 2)
           : override ? set_override(argc - 2, argv + 2)
                      : print_list("duty");
}

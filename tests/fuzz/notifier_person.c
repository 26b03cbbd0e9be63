/* What is written about a person (services/notifier/people.h), and days and times of rotas: read whole or
 * refused with a sentence. A person that was read has a clean name and addresses of one line. */
#include "services/notifier/people.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void as_person(const char *text, size_t size) {
    struct person person;
    const char *wrong = person_read(text, size, "p-1", CALENDAR_WIB, &person);
    if (wrong) {
        FUZZ_HOLDS(strstr(wrong, " / ") && person.name[0] == 0 && person.contact_count == 0);
        return;
    }
    FUZZ_HOLDS(
        person.name[0] && !strpbrk(person.name, "\r\n") && person.contact_count <= PERSON_CONTACTS_MAX);
    for (unsigned i = 0; i < person.contact_count; i++)
        FUZZ_HOLDS(person.contacts[i].address[0] && !strpbrk(person.contacts[i].address, "\r\n"));
    FUZZ_HOLDS(quiet_until(&person.quiet, person.zone, 0, 1000000) == 1000000);
}

static void as_time(const char *text) {
    char again[16];
    int64_t day, at;
    if (rota_day_parse(text, &day)) {
        rota_day_text(day, again);
        FUZZ_HOLDS(strcmp(text, again) == 0);
    }
    if (rota_time_parse(text, CALENDAR_WIT, &at))
        FUZZ_HOLDS(strlen(text) == 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct fuzz_input input = fuzz_input(bytes, size);
    char *line = fuzz_line(&input);
    as_time(line);
    free(line);
    as_person((const char *)bytes, size);
    return 0;
}

#include "common/words.h"

#include "common/id.h"

#include <ctype.h>
#include <string.h>

enum { CODE_MAX = 40 };

static const char stated[] = "stated", field[] = "words";

bool words_is_code(const char *text) {
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) && text[i] != '_')
            return false;
    return size <= CODE_MAX;
}

/* Where the command itself carries a text; NULL: it has none. */
static char **outcome_of(Sigap__CommandIssued *command) {
    switch (command->command_case) {
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER:
        return &command->answer_offer->outcome;
    case SIGAP__COMMAND_ISSUED__COMMAND_MOVE_TASK:
        return &command->move_task->outcome;
    case SIGAP__COMMAND_ISSUED__COMMAND_ASSIGN_FACILITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_CAPACITY:
    case SIGAP__COMMAND_ISSUED__COMMAND_DECIDE_REVIEW:
    case SIGAP__COMMAND_ISSUED__COMMAND_CHANGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_RECORD_FACT:
    case SIGAP__COMMAND_ISSUED__COMMAND_CLOSE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_ALERT:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_PERSON:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_ROTA:
    case SIGAP__COMMAND_ISSUED__COMMAND_SET_OVERRIDE:
    case SIGAP__COMMAND_ISSUED__COMMAND_MERGE_CASE:
    case SIGAP__COMMAND_ISSUED__COMMAND_SPLIT_REPORT:
    case SIGAP__COMMAND_ISSUED__COMMAND__NOT_SET:
    case _SIGAP__COMMAND_ISSUED__COMMAND__CASE_IS_INT_SIZE:
        return NULL;
    }
    return NULL;
}

static bool place_of(const Sigap__CommandIssued *command, struct seal_place *place) {
    *place = (struct seal_place){.field = field};
    return id_from_bytes(command->command_id.data, command->command_id.len, &place->record);
}

static void leave_mark(char **text) {
    if (**text)
        *text = (char *)stated;
}

static bool stays(const Sigap__CommandIssued *command, const char *outcome) {
    return command->command_case == SIGAP__COMMAND_ISSUED__COMMAND_ANSWER_OFFER && words_is_code(outcome);
}

bool words_seal(const struct keystore *keystore, const struct random *random, struct arena *arena,
    Sigap__CommandIssued *command) {
    char **outcome = outcome_of(command);
    struct seal_place place;
    if (!command->reason[0] && (!outcome || !**outcome))
        return true;
    Sigap__CommandWords words = SIGAP__COMMAND_WORDS__INIT;
    words.reason = command->reason;
    if (outcome)
        words.outcome = *outcome;
    size_t size = sigap__command_words__get_packed_size(&words);
    uint8_t *plain = arena_take(arena, size);
    if (!plain || !place_of(command, &place))
        return false;
    sigap__command_words__pack(&words, plain);
    if (!seal_local(keystore_words(keystore), &place, plain, size, random, arena, &command->words))
        return false;
    leave_mark(&command->reason);
    if (outcome && !stays(command, *outcome))
        leave_mark(outcome);
    return true;
}

enum seal_result words_open(
    const struct keystore *keystore, struct arena *arena, Sigap__CommandIssued *command) {
    struct seal_place place;
    ProtobufCBinaryData plain;
    if (!command->words.len)
        return SEAL_OPENED;
    if (!place_of(command, &place))
        return SEAL_BROKEN;
    enum seal_result result = seal_open_local(
        keystore_words(keystore), &place, command->words.data, command->words.len, arena, &plain);
    if (result != SEAL_OPENED)
        return result;
    Sigap__CommandWords *words = sigap__command_words__unpack(arena_allocator(arena), plain.len, plain.data);
    if (!words)
        return arena_exhausted(arena) ? SEAL_NO_MEMORY : SEAL_BROKEN;
    char **outcome = outcome_of(command);
    command->reason = words->reason;
    if (outcome)
        *outcome = words->outcome;
    return SEAL_OPENED;
}

Sigap__SealedReason *words_pass_on(struct arena *arena, const Sigap__CommandIssued *command) {
    Sigap__SealedReason *sealed = command->words.len ? arena_take(arena, sizeof *sealed) : NULL;
    if (!sealed)
        return NULL;
    sigap__sealed_reason__init(sealed);
    sealed->command_id = command->command_id;
    sealed->words = command->words;
    return sealed;
}

const char *words_reason(
    const struct keystore *keystore, struct arena *arena, const Sigap__SealedReason *sealed) {
    Sigap__CommandIssued command = SIGAP__COMMAND_ISSUED__INIT;
    if (!sealed)
        return NULL;
    command.command_id = sealed->command_id;
    command.words = sealed->words;
    return words_open(keystore, arena, &command) == SEAL_OPENED && command.reason[0] ? command.reason : NULL;
}

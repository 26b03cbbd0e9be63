/* What `sigapctl check` asks of intake. */
#include "services/intake/intake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_site_of_east_java_is_sound(void **state) {
    (void)state;
    struct error error = {""};
    if (!intake_check(SIGAP_SOURCE_DIR "/deploy/sites/jatim", &error))
        fail_msg("%s", error.text);
}

static void a_missing_site_is_refused_with_a_sentence(void **state) {
    (void)state;
    struct error error = {""};
    assert_false(intake_check(SIGAP_SOURCE_DIR "/deploy/sites/nowhere", &error));
    assert_true(error.text[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_site_of_east_java_is_sound),
        cmocka_unit_test(a_missing_site_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

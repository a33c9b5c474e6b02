/* faults - see faults.h. Job: what is said of many faults, once. Invariant: of
 * a code what to do is said once in a run. Holds the catalogue, once it was
 * asked for. */
#include "services/cli/faults.h"

#include <stdlib.h>

#include "services/cli/hint.h"
#include "services/cli/phrase.h"

void cli_faults_done(struct cli_faults *f)
{
    if (f->inforce != NULL)
        cli_inforce_done(f->inforce);
    free(f->inforce);
}

void cli_faults_say_todo(struct cli *c, struct cli_faults *f)
{
    for (unsigned i = MV_CODE_NONE + 1; i < MV_CODE_COUNT; i++) {
        bool todo = f->kinds[i].todo;
        if (todo && !f->kinds[i].advised)
            cli_warn(c, CLI_W_PUSH_TODO, mv_code_name((mv_code)i),
                     mv_code_todo((mv_code)i, c->lang), NULL);
        f->kinds[i].advised = todo;
    }
}

void cli_faults_say_alike(struct cli *c, const struct cli_faults *f)
{
    for (unsigned i = MV_CODE_NONE + 1; i < MV_CODE_COUNT; i++) {
        struct mv_buf count = {0};
        if (f->kinds[i].count <= CLI_FAULTS_ALIKE)
            continue;
        cli_count(c, f->kinds[i].count - CLI_FAULTS_ALIKE, &count);
        cli_warn(c, CLI_W_PUSH_ALIKE, mv_code_name((mv_code)i),
                 mv_buf_cstr(&count), NULL);
        mv_buf_done(&count);
    }
}

const struct mv_catalogue *
cli_faults_catalogue(struct cli *c, struct cli_faults *f, const char *key)
{
    if (f->inforce == NULL) {
        f->inforce = mv_xcalloc(1, sizeof *f->inforce);
        (void)cli_hint_catalogue(c, key, f->inforce);
    }
    return f->inforce->catalogue;
}

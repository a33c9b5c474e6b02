/* maalvakt - the command line; the table of commands is commands.def. Job:
 * hand argv over. Invariant: everything that can be tested lies in the
 * library beside it. A crash leaves nothing here. */
#include "services/cli/cli.h"

int main(int argc, char **argv)
{
    return cli_main(argc, argv);
}

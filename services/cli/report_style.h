/* report_style - how a report looks, on a screen and on A4 paper. */
#pragma once

/* The text of the page's only <style>, its beginning. */
extern const char cli_report_style[];
/* Behind it: for a narrow screen, a telephone's. Paper is as it was. */
extern const char cli_report_style_narrow[];

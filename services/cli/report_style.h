/* report_style - how a report looks, on a screen and on A4 paper. */
#pragma once

/* The text of the page's only <style>. */
extern const char cli_report_style[];

// Everything that the dashboard's pages do in the browser. Without it all pages work; with it they are quicker.

import { charts } from "./charts.js";
import { codes } from "./codes.js";
import { dialogs } from "./dialogs.js";
import { forms } from "./forms.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { people } from "./people.js";
import { search } from "./search.js";
import { tables } from "./tables.js";
import { theme } from "./theme.js";
import { toasts } from "./toasts.js";
import { tour } from "./tour.js";
import { zone } from "./zone.js";

for (const begin of [theme, keys, search, people, dialogs, forms, tables, charts, codes, toasts, tour, live, zone]) begin();

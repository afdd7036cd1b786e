// Begins the page: makes its parts, in no order that matters, and acts as the member of the last visit.

import { Actors } from "./actors.js";
import { App } from "./app.js";
import { Composer } from "./composer.js";
import { Drawers } from "./drawers.js";
import { keys } from "./keys.js";
import { Members } from "./members.js";
import { Sidebar } from "./sidebar.js";
import { Steps } from "./steps.js";
import { Timeline } from "./timeline.js";

const app = new App();
const parts = [Actors, Sidebar, Members, Timeline, Composer, Steps, Drawers];
for (const Part of parts) new Part(app);
keys(app);
app.become(new URLSearchParams(location.search).get("as") ?? app.store.memory.read("me", null));

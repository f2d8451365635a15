// @ts-check
// Starts the parts of the page and hands them every new status. Why it is so: docs/why/serving.md.

import { startAsking } from "./ask/view.js";
import { startCategories } from "./categories/view.js";
import { follow } from "./common/api.js";
import { addressOf } from "./common/places.js";
import { onPlace } from "./common/router.js";
import { startCorrespondents } from "./correspondents/view.js";
import { startShared } from "./files/shared.js";
import { setUploadLimit, startUploads } from "./files/upload.js";
import { filesChanged, startFiles } from "./files/view.js";
import { startOrder } from "./order/view.js";
import { startPanel } from "./panel/panel.js";
import { startAgain } from "./review/again.js";
import { reviewChanged, startReview } from "./review/view.js";
import { showDisconnected, showStrip } from "./status/strip.js";
import { startStatus, statusChanged } from "./status/view.js";

/** @import { Place, View } from "./common/places.js" */

/** @type {Record<View, string>} */
const TITLES = {
  ask: "Ask", files: "Files", review: "Review", categories: "Categories", correspondents: "Correspondents", order: "Order", status: "Status",
};

/** @param {Place} place */
function showView(place) {
  document.body.dataset["view"] = place.view;
  document.title = `${TITLES[place.view]} · twolane`;
  for (const link of document.querySelectorAll("a[data-view]")) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    const view = /** @type {View} */ (link.dataset["view"]);
    link.href = addressOf({ ...place, view, file: null, page: null });
    if (view === place.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

onPlace(showView);
startAsking();
startUploads();
startShared();
startStatus();
startFiles();
startPanel();
startReview();
startAgain();
startCategories();
startCorrespondents();
startOrder();
follow((status) => {
  showStrip(status);
  setUploadLimit(status.upload_limit_bytes);
  filesChanged(status);
  reviewChanged(status);
  statusChanged(status);
}, showDisconnected);

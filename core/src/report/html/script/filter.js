"use strict";
// The words of `--filter`, several of them between semicolons: `key=value` names a value of an axis, anything else is
// the id of a cell or a part of it. All of them have to hold.

// Whether a value that is called `label` is meant: secrets are called by a part of their hash.
function means(label, wanted) {
  const hash = /^‹(sha256:.*)›$/.exec(label);
  return label === wanted || (hash !== null && hash[1] === wanted);
}

// `axes`: keys of the axes; a cell has its `id` and the values `at` them.
function selects(words, axes, cell) {
  const filters = words.split(";").map((word) => word.trim()).filter((word) => word !== "");
  return filters.every((filter) => {
    const equals = filter.indexOf("=");
    const axis = equals < 0 ? -1 : axes.indexOf(filter.slice(0, equals));
    if (axis >= 0) {
      return means(cell.at[axis], filter.slice(equals + 1)) || cell.id === filter;
    }
    return cell.id.includes(filter);
  });
}

// For tests outside of a page.
if (typeof module !== "undefined") {
  module.exports = { means, selects };
}

// Lets a table of class sortable be sorted by a column's head, and one of some
// length be narrowed to the rows that have a text. Sums stay those of all rows.
// Without this script the tables are as the page has them, largest first.
(function () {
  'use strict';
  var words = JSON.parse(document.getElementById('words').textContent);
  var long = 10; // rows

  // key returns what a cell is sorted by: the number that its markup gives, the
  // number or the day that it shows, else its text.
  function key(cell) {
    var exact = cell.querySelector('data[value], time[datetime]');
    if (cell.tagName !== 'TH' && exact) {
      var v = exact.getAttribute('value');
      return v === null ? exact.getAttribute('datetime') : Number(v);
    }
    var text = cell.textContent.trim();
    var number = Number(text.replace(/\u2212/g, '-').replace(/[,\s%+]/g, ''));
    return cell.classList.contains('num') && text !== '' && !isNaN(number) ? number : text;
  }

  function compare(a, b) {
    if (a === b) { return 0; }
    if (a === '') { return 1; } // what is unknown comes last, however it is sorted
    if (b === '') { return -1; }
    if (typeof a === 'number' && typeof b === 'number') { return a - b; }
    return String(a).localeCompare(String(b), document.documentElement.lang);
  }

  function sortable(table) {
    var body = table.tBodies[0];
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var first = Array.prototype.slice.call(body.rows);
    heads.forEach(function (head, column) {
      if (head.classList.contains('barcell')) { return; }
      var button = document.createElement('button');
      button.type = 'button';
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener('click', function () {
        // Numbers are wanted largest first, texts and days from the beginning.
        var falls = head.classList.contains('num');
        var usual = falls ? 'descending' : 'ascending';
        var order = head.getAttribute('aria-sort') === usual ? (falls ? 'ascending' : 'descending') : usual;
        heads.forEach(function (h) { h.removeAttribute('aria-sort'); });
        head.setAttribute('aria-sort', order);
        first.map(function (row) { return { row: row, key: key(row.cells[column]) }; })
          .sort(function (x, y) {
            var c = compare(x.key, y.key);
            return order === 'descending' && x.key !== '' && y.key !== '' ? -c : c;
          })
          .forEach(function (x) { body.appendChild(x.row); });
      });
    });
    if (first.length >= long) { narrow(table, first); }
  }

  function narrow(table, rows) {
    var label = document.createElement('label');
    var input = document.createElement('input');
    var count = document.createElement('output');
    var line = document.createElement('p');
    line.className = 'filter';
    label.textContent = words.filter + ' ';
    input.type = 'search';
    input.setAttribute('aria-label', words.filter + ': ' + table.tHead.rows[0].cells[0].textContent.trim());
    input.autocomplete = 'off';
    label.appendChild(input);
    line.appendChild(label);
    line.appendChild(count);
    var scroll = table.closest('.scroll') || table;
    scroll.parentNode.insertBefore(line, scroll);
    var texts = rows.map(function (row) { return row.cells[0].textContent.toLowerCase(); });
    input.addEventListener('input', function () {
      var wanted = input.value.trim().toLowerCase();
      var shown = 0;
      rows.forEach(function (row, i) {
        row.hidden = texts[i].indexOf(wanted) < 0;
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = wanted === '' ? '' : words.rows.replace('{shown}', shown).replace('{all}', rows.length);
    });
  }

  Array.prototype.forEach.call(document.querySelectorAll('table.sortable'), sortable);
})();

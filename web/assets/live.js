// The SQL page: an editor, the result as a table or a chart, downloads. Without this
// script the page's form downloads.
(function () {
  'use strict';
  var page = document.querySelector('section.sql');
  if (!page) { return; }
  var $ = function (id) { return document.getElementById(id); };
  var say = page.dataset;
  var area = $('sql'), ask = $('ask'), status = $('status'), problem = $('problem');
  var result = $('result'), picture = $('picture'), views = $('views'), params = $('params'), saved = $('saved');
  var running = null, editor = null, last = null, chart = null, chosen = {}, hints = {};

  function text(s, values) {
    return s.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
  }

  function make(tag, content, attributes) {
    var e = document.createElement(tag);
    if (content !== undefined) { e.textContent = content; }
    Object.keys(attributes || {}).forEach(function (k) { e.setAttribute(k, attributes[k]); });
    return e;
  }

  // The parameters of the statement, $name outside of texts and comments, each with
  // a field, and with what the saved query says of it. One for which it names no default
  // must be filled in.
  function showParams() {
    var bare = area.value.replace(/'(?:[^']|'')*'|"[^"]*"|--.*|\/\*[\s\S]*?\*\//g, ' ');
    var names = [];
    (bare.match(/\$[A-Za-z_]\w*/g) || []).forEach(function (n) { if (names.indexOf(n) < 0) { names.push(n); } });
    var key = names.join() + JSON.stringify(hints);
    if (key === params.dataset.names) { return; }
    params.dataset.names = key;
    params.textContent = '';
    names.forEach(function (n) {
      var name = n.slice(1), hint = hints[name];
      var label = make('label', name + ' ');
      var input = make('input', undefined, { name: 'param.' + name, autocomplete: 'off' });
      if (hint) { input.placeholder = input.title = hint; }
      input.required = !!hint && !/\(default\b/.test(hint);
      input.value = chosen[name] || '';
      input.addEventListener('input', function () { chosen[name] = input.value; });
      label.appendChild(input);
      params.appendChild(label);
    });
  }

  // asked reports whether a field waits to be filled in, and leads to it.
  function asked() {
    var empty = Array.prototype.filter.call(params.querySelectorAll('input'), function (i) { return i.required && !i.value; })[0];
    if (empty) {
      status.textContent = say.fill;
      empty.focus();
    }
    return !!empty;
  }

  // hintsOf reads what the saved query in an option says of its parameters.
  function hintsOf(option) {
    var found = {};
    (option.dataset.params || '').split('\n').forEach(function (line) {
      var at = line.indexOf(': ');
      if (at > 0) { found[line.slice(0, at)] = line.slice(at + 2); }
    });
    return found;
  }

  function number(s) { return s === null ? null : Number(s); }

  // digits returns how many digits after the point a column of decimals is shown
  // with: two, and more where it has amounts that would vanish.
  function digits(data, i) {
    var least = Infinity;
    data.rows.forEach(function (row) {
      var v = Math.abs(Number(row[i] || 0));
      if (v > 0) { least = Math.min(least, v); }
    });
    return least >= 0.01 ? 2 : Math.min(12, 1 - Math.floor(Math.log10(least)));
  }

  // shown writes a number as people read it; what it is exactly stands behind it.
  function shown(s, decimals) {
    if (!/^-?\d+(\.\d+)?$/.test(s)) { return s; }
    if (decimals >= 0 && s.indexOf('.') >= 0) { s = rounded(s, decimals); }
    var parts = s.replace('-', '').split('.');
    return (s[0] === '-' ? '\u2212' : '') + parts[0].replace(/\B(?=(\d{3})+$)/g, ',') + (parts[1] ? '.' + parts[1] : '');
  }

  // rounded rounds a decimal half away from zero without making a double of it.
  function rounded(s, decimals) {
    var minus = s[0] === '-', parts = s.replace('-', '').split('.');
    var fraction = (parts[1] + '0'.repeat(decimals + 1)).slice(0, decimals + 1);
    var n = BigInt(parts[0] + fraction);
    n = (n + BigInt(5)) / BigInt(10);
    var text = n.toString().padStart(decimals + 1, '0');
    var whole = text.slice(0, text.length - decimals);
    return (minus && n !== BigInt(0) ? '-' : '') + whole + (decimals ? '.' + text.slice(-decimals) : '');
  }

  function table(data) {
    var t = make('table'), head = t.createTHead().insertRow(), body = t.createTBody();
    data.columns.forEach(function (c) {
      head.appendChild(make('th', c.name, { scope: 'col', 'class': c.number ? 'num' : '', title: c.type }));
    });
    var decimals = data.columns.map(function (c, i) { return c.type.indexOf('DECIMAL') === 0 ? digits(data, i) : -1; });
    data.rows.forEach(function (row) {
      var r = body.insertRow();
      row.forEach(function (v, i) {
        var cell = r.insertCell();
        if (v === null) { return; }
        if (!data.columns[i].number) { cell.textContent = v; return; }
        var exact = cell.appendChild(make('data', shown(v, decimals[i]), { value: v }));
        if (exact.textContent.replace(/,/g, '') !== v.replace('-', '\u2212')) { exact.title = v; }
        cell.className = 'num';
      });
    });
    result.textContent = '';
    result.appendChild(t);
  }

  // drawable returns the columns of a chart: the days, or the first that is no number, name
  // the bars, the numbers are their lengths. Another that is no number and differs
  // divides each bar. null where there is nothing to draw.
  function drawable(data) {
    var names = -1, numbers = [], texts = [], parts = -1;
    data.columns.forEach(function (c, i) { (c.number ? numbers : texts).push(i); });
    texts.forEach(function (i) { if (names < 0 || !isDay(data, names) && isDay(data, i)) { names = i; } });
    texts.forEach(function (i) {
      if (i !== names && parts < 0 && data.rows.some(function (row) { return row[i] !== data.rows[0][i]; })) { parts = i; }
    });
    return numbers.length > 0 && data.rows.length > 1 ? { names: names, parts: parts, numbers: numbers.slice(0, 4) } : null;
  }

  function isDay(data, i) { return i >= 0 && /DATE|TIMESTAMP/.test(data.columns[i].type); }

  // divided adds the rows up by name and part: the largest parts have a series each, the
  // others one together.
  function divided(data, d, most) {
    var value = d.numbers[0], names = [], sums = {}, at = {};
    var text = function (v) { return v === null ? '' : String(v); };
    data.rows.forEach(function (row) {
      var name = text(row[d.names]), part = text(row[d.parts]);
      if (!(name in at)) { at[name] = names.length; names.push(name); }
      sums[part] = (sums[part] || 0) + Math.abs(number(row[value]) || 0);
    });
    var parts = Object.keys(sums).sort(function (x, y) { return sums[y] - sums[x]; });
    var own = parts.length > most ? parts.slice(0, most - 1) : parts;
    var series = own.concat(own.length < parts.length ? [say.others] : []).map(function (part) {
      return { name: part, data: names.map(function () { return 0; }) };
    });
    data.rows.forEach(function (row) {
      var i = own.indexOf(text(row[d.parts]));
      series[i < 0 ? own.length : i].data[at[text(row[d.names])]] += number(row[value]) || 0;
    });
    return { names: names, series: series };
  }

  function draw(data) {
    var d = drawable(data);
    var css = getComputedStyle(document.documentElement);
    var color = function (name) { return css.getPropertyValue(name).trim(); };
    var colors = d.parts < 0 ? [color('--bar'), color('--bar-above'), color('--bar-before'), color('--accent')]
      : ['--s0', '--s1', '--s2', '--s3', '--s4', '--s5'].map(color);
    var most = 500, names, series;
    if (d.parts >= 0) {
      var by = divided(data, d, colors.length);
      names = by.names.slice(0, most);
      series = by.series;
    } else {
      var rows = data.rows.slice(0, most);
      names = rows.map(function (row) { return d.names < 0 || row[d.names] === null ? '' : String(row[d.names]); });
      series = d.numbers.map(function (i) {
        return { name: data.columns[i].name, data: rows.map(function (row) { return number(row[i]); }) };
      });
    }
    var order = names.map(function (_, i) { return i; });
    if (isDay(data, d.names)) { order.sort(function (x, y) { return names[x] < names[y] ? -1 : 1; }); }
    var lying = (d.parts >= 0 || d.numbers.length === 1) && !isDay(data, d.names) && names.length <= 60;
    if (lying) { order.reverse(); }
    var put = function (list) { return order.map(function (i) { return list[i]; }); };
    var legend = $('legend'), swatches = d.parts < 0 ? 'n' : 's';
    legend.textContent = '';
    legend.hidden = series.length < 2;
    series.forEach(function (s, i) {
      var item = make('li');
      item.appendChild(make('span', undefined, { 'class': 'swatch ' + swatches + i }));
      item.appendChild(document.createTextNode(' ' + s.name));
      legend.appendChild(item);
    });
    picture.style.height = (lying ? Math.max(160, names.length * 24 + 60) : 320) + 'px';
    picture.setAttribute('aria-label', data.columns.map(function (c) { return c.name; }).join(', '));
    if (chart) { chart.dispose(); }
    chart = window.echarts.init(picture);
    var category = {
      type: 'category', data: put(names), axisTick: { show: false },
      axisLabel: { color: color('--muted'), width: lying ? 180 : undefined, overflow: 'truncate' }, axisLine: { lineStyle: { color: color('--rule') } }
    };
    var value = { type: 'value', axisLabel: { color: color('--muted') }, splitLine: { lineStyle: { color: color('--rule-soft') } } };
    chart.setOption({
      animation: false, color: colors,
      grid: { left: 8, right: 24, top: 16, bottom: 8, containLabel: true },
      tooltip: { trigger: 'axis', backgroundColor: color('--surface'), borderColor: color('--rule'), textStyle: { color: color('--ink') }, renderMode: 'richText' },
      xAxis: lying ? value : category, yAxis: lying ? category : value,
      series: series.map(function (s) {
        return { name: s.name, type: 'bar', barMaxWidth: 24, stack: d.parts < 0 ? undefined : 'parts', data: put(s.data) };
      })
    });
  }

  function show(as) {
    var charted = as === 'chart';
    $('as-table').setAttribute('aria-pressed', String(!charted));
    $('as-chart').setAttribute('aria-pressed', String(charted));
    result.hidden = charted;
    picture.hidden = $('legend').hidden = !charted;
    if (charted) { draw(last); }
  }

  function form(format) {
    var f = new URLSearchParams();
    f.set('sql', area.value);
    f.set('format', format);
    Array.prototype.forEach.call(params.querySelectorAll('input'), function (i) { f.set(i.name, i.value); });
    return f;
  }

  function ended() {
    running = null;
    $('stop').hidden = true;
    $('run').disabled = false;
  }

  function run(remember) {
    if (running) { running.abort(); }
    var mine = running = new AbortController();
    var began = Date.now();
    status.textContent = say.running;
    problem.hidden = true;
    $('stop').hidden = false;
    $('run').disabled = true;
    if (remember) {
      var to = '/sql?q=' + encodeURIComponent(area.value);
      Array.prototype.forEach.call(params.querySelectorAll('input'), function (i) {
        if (i.value) { to += '&' + i.name + '=' + encodeURIComponent(i.value); }
      });
      if (to !== location.pathname + location.search) { history.pushState(null, '', to); }
    }
    fetch('/query', { method: 'POST', body: form('grid'), signal: mine.signal }).then(function (answer) {
      return answer.text().then(function (body) {
        if (!answer.ok) { throw new Error(body.trim()); }
        return JSON.parse(body);
      });
    }).then(function (data) {
      ended();
      last = data;
      var values = { rows: data.rows.length, seconds: ((Date.now() - began) / 1000).toFixed(1) };
      status.textContent = data.rows.length === 0 ? say.none : text(data.more ? say.more : say.rows, values);
      table(data);
      views.hidden = !drawable(data);
      show($('as-chart').getAttribute('aria-pressed') === 'true' && drawable(data) ? 'chart' : 'table');
    }).catch(function (error) {
      if (mine !== running) { return; }
      ended();
      if (error.name === 'AbortError') { status.textContent = say.stopped; return; }
      status.textContent = '';
      problem.textContent = error instanceof TypeError ? say.failed : error.message;
      problem.hidden = false;
      result.hidden = picture.hidden = $('legend').hidden = views.hidden = true;
    });
  }

  function set(sql) {
    area.value = sql;
    if (editor) { editor.set(sql); }
    showParams();
  }

  ask.addEventListener('submit', function (event) {
    if (event.submitter && event.submitter.value !== 'grid') { return; } // a download, which leaves the page
    event.preventDefault();
    run(true);
  });
  $('stop').addEventListener('click', function () { if (running) { running.abort(); } });
  $('as-table').addEventListener('click', function () { show('table'); });
  $('as-chart').addEventListener('click', function () { show('chart'); });
  saved.addEventListener('change', function () {
    var o = saved.selectedOptions[0];
    if (!o.value) { return; }
    hints = hintsOf(o);
    set(o.dataset.sql);
    if (!asked()) { run(true); }
  });
  area.addEventListener('input', showParams);
  area.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(true); }
  });
  window.addEventListener('popstate', function () { location.reload(); });
  window.addEventListener('pagehide', function () { if (running) { running.abort(); } });
  window.addEventListener('resize', function () { if (chart && !picture.hidden) { chart.resize(); } });
  new URLSearchParams(location.search).forEach(function (value, name) {
    if (name.indexOf('param.') === 0) { chosen[name.slice(6)] = value; }
  });
  hints = saved.value ? hintsOf(saved.selectedOptions[0]) : {};
  showParams();
  if (/[?&](q|name)=/.test(location.search) && !asked()) { run(false); }

  fetch('/schema.json').then(function (r) { return r.json(); }).then(function (list) {
    list.forEach(function (v) {
      $('schema').appendChild(make('h3', v.name));
      $('schema').appendChild(make('p', v.text, { 'class': 'context' }));
      var dl = make('dl', undefined, { 'class': 'columns' });
      v.columns.forEach(function (c) {
        var row = make('div');
        row.appendChild(make('dt', c.name));
        row.appendChild(make('dd', c.text, { title: c.type }));
        dl.appendChild(row);
      });
      $('schema').appendChild(dl);
    });
    var script = document.createElement('script');
    script.src = say.editor;
    script.addEventListener('load', function () {
      editor = window.editor.replace(area, {
        label: 'SQL', hint: say.hint, nonce: say.nonce, views: list, run: function () { run(true); },
        values: function (column, begun) {
          return fetch('/values.json?' + new URLSearchParams({ column: column, begun: begun })).then(function (r) { return r.json(); });
        }
      });
      page.querySelector('.editor').addEventListener('keyup', showParams);
      page.dataset.ready = 'yes';
    });
    document.head.appendChild(script);
  });
})();

Option Explicit

Private Sub Workbook_Open()
    DescribeFormulas
End Sub
